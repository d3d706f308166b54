import type { Scales } from "#analytics/charts/scales.ts";

/** A place in a picture, in pixels, or what it stands for. */
export type Place = readonly [number, number];

/** Points of every path of a picture that is drawn as the first line of a pane, in pixels of that pane. */
export function pointsOf(svg: string): readonly Place[] {
  const paths = Array.from(
    svg.matchAll(/<path [^>]*d="(M[^"]+)"[^>]*stroke-width="1.8"/g),
    ([, d = ""]) => d,
  );
  return paths.flatMap((d) => {
    let [x, y] = [0, 0];
    const steps = d.matchAll(/([Ml])(-?[\d.]+?),?(-?(?:\d+\.?|\.)\d*)(?=[Ml]|$)/g);
    return Array.from(steps, ([, command, a, b]): Place => {
      [x, y] = command === "M" ? [Number(a), Number(b)] : [x + Number(a), y + Number(b)];
      return [x, y];
    });
  });
}

/** The same points as times and values, of a picture with one pane. */
export function readingsOf(svg: string): readonly Place[] {
  const [, text = ""] = /<metadata>([^<]*)<\/metadata>/.exec(svg) ?? [];
  const { x: [left, right, from, to], y: [pane] } = JSON.parse(text) as Scales;
  const [top, bottom, high, low] = pane!;
  return pointsOf(svg).map(([x, y]) => [
    from + (x / (right - left)) * (to - from),
    high + (y / (bottom - top)) * (low - high),
  ]);
}
