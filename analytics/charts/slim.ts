/**
 * Takes out of Vega's SVG what a picture does not need, and leaves the same picture: the font is said once, at the root;
 * roles and events mean nothing inside an image; places are exact to a tenth of a pixel, and so the same on every
 * machine; lines are written relative to where they are.
 */
export function slim(svg: string): string {
  return svg.replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(repeated, "")
      .replace(/ d="([MLZ0-9.,-]*)"/, (_, path: string) => ` d="${relative(path)}"`)
      .replace(/(\.\d)\d+/g, "$1"));
}

const repeated = / (?:font-family|class|role|aria-[a-z]+|pointer-events)="[^"]*"| opacity="1"/g;

/** Whole tenths are added up, so that nothing drifts along a line of a thousand points. */
function relative(path: string): string {
  let [x, y] = [0, 0];
  return path.replace(/([ML])(-?[\d.]+),(-?[\d.]+)/g, (_, command: string, toX: string, toY: string) => {
    const [nextX, nextY] = [Math.round(10 * Number(toX)), Math.round(10 * Number(toY))];
    const step = command === "M" ? `M${pair(nextX, nextY)}` : `l${pair(nextX - x, nextY - y)}`;
    [x, y] = [nextX, nextY];
    return step;
  });
}

/** `1.2,3`, `1.2-3`, `.5,0`: tenths as a path may have them at the shortest. */
function pair(x: number, y: number): string {
  const [first, second] = [x, y].map((tenths) => String(tenths / 10).replace(/^(-?)0\./, "$1."));
  return second!.startsWith("-") ? `${first}${second}` : `${first},${second}`;
}
