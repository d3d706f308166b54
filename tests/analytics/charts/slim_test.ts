import { equal } from "node:assert/strict";
import { slim } from "#analytics/charts/slim.ts";

Deno.test("slim() writes a line relative to where it is, in tenths that don't drift", () => {
  const far = Array.from({ length: 1000 }, (_, i) => `${i === 0 ? "M" : "L"}${i * 0.04},${i * 0.04}`).join(
    "",
  );
  const slimmed = slim(`<path d="${far}"/>`);
  let x = 0;
  for (const [, step] of slimmed.matchAll(/l(-?[\d.]+),/g)) x += Number(step);
  equal(x.toFixed(1), "40.0");
});

const cases = [
  ['<path d="M10.04,20.06L10.5,19.5L10,20Z"/>', '<path d="M10,20.1l.5-.6l-.5,.5Z"/>'],
  ['<path d="M2,0A2,2,0,1,1,-2,0"/>', '<path d="M2,0A2,2,0,1,1,-2,0"/>'],
  [
    '<g class="mark" role="x" aria-hidden="true" transform="translate(1.239,2)"/>',
    '<g transform="translate(1.2,2)"/>',
  ],
  ['<text font-family="Inter">1.2345 class="x"</text>', '<text>1.2345 class="x"</text>'],
  [
    '<path d="M0,0h4v2h-4Z" fill="red"/><path d="M9,0h4v2h-4Z" fill="red"/><path d="M9,9h1Z" fill="blue"/>',
    '<path d="M0,0h4v2h-4ZM9,0h4v2h-4Z" fill="red"/><path d="M9,9h1Z" fill="blue"/>',
  ],
  [
    '<path transform="translate(10.04,20)" d="M2.46,0A2.46,2.46,0,1,1,-2.46,0A2.46,2.46,0,1,1,2.46,0" stroke="red"/>',
    '<path d="M12.5,20.0a2.5,2.5,0,1,1-5.0,0a2.5,2.5,0,1,1,5.0,0" stroke="red"/>',
  ],
] as const;
for (const [given, expected] of cases) {
  Deno.test(`slim() makes ${expected} of ${given}`, () => equal(slim(given), expected));
}
