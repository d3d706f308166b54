/**
 * Takes out of Vega's SVG what a picture does not need, and leaves the same picture: the font is said once, at the root;
 * roles and events mean nothing inside an image; places are exact to a tenth of a pixel, and so the same on every
 * machine; lines are written relative to where they are; neighbours that look alike are one path.
 */
export function slim(svg: string): string {
  const tags = svg.replace(/<[^>]*>/g, (tag) =>
    tag
      .replace(repeated, "")
      .replace(circle, (_, ...numbers) => placedCircle(numbers.slice(0, 3).map(Number)))
      .replace(/ d="([MLZ0-9.,-]*)"/, (_, path: string) => ` d="${relative(path)}"`)
      .replace(/(\.\d)\d+/g, "$1"));
  return tags.replace(alike, (run) => {
    const paths = Array.from(run.matchAll(/ d="([^"]*)"/g), ([, path]) => path);
    return run.slice(run.lastIndexOf("<path")).replace(/ d="[^"]*"/, ` d="${paths.join("")}"`);
  });
}

/** Paths side by side that differ in their lines only. */
const alike = /<path d="[^"]*"([^>]*)\/>(?:<path d="[^"]*"\1\/>)+/g;

/** How Vega draws a point: a circle around the origin, moved to its place. */
const circle =
  / transform="translate\((-?[\d.]+),(-?[\d.]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0Z?"/;

/** Two half circles: they meet only where both are rounded alike. */
function placedCircle([x = 0, y = 0, radius = 0]: readonly number[]): string {
  const r = Math.round(10 * radius) / 10;
  const wide = (2 * r).toFixed(1);
  return ` d="M${(x + r).toFixed(1)},${y.toFixed(1)}a${r},${r},0,1,1-${wide},0a${r},${r},0,1,1,${wide},0"`;
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
