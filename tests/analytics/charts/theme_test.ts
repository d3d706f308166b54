import { ok } from "node:assert/strict";
import { themes } from "#analytics/charts/theme.ts";

type Rgb = readonly [number, number, number];

/** Linear light of `#rrggbb`, 0 to 1. */
function linear(colour: string): Rgb {
  const channel = (at: number) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const times = (matrix: readonly Rgb[], [r, g, b]: Rgb): Rgb =>
  matrix.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Rgb;

/** What a dichromat sees: Machado, Oliveira and Fernandes, IEEE TVCG 2009, severity 1, in linear light. */
const sights: Readonly<Record<string, readonly Rgb[]>> = {
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [
    -0.003882,
    -0.048116,
    1.051998,
  ]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [
    -0.01182,
    0.04294,
    0.968881,
  ]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [
    0.004733,
    0.691367,
    0.3039,
  ]],
  "full sight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
};

/** CIE L*a*b* (D65). */
function lab(rgb: Rgb): Rgb {
  const xyz = times([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], rgb);
  const [x, y, z] = xyz.map((value, i) => {
    const t = Math.max(value, 0) / [0.9505, 1, 1.089][i]!;
    return t > 216 / 24389 ? Math.cbrt(t) : (t * 24389 / 27 + 16) / 116;
  }) as unknown as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function difference(a: string, b: string, sight: readonly Rgb[]): number {
  const [first, second] = [lab(times(sight, linear(a))), lab(times(sight, linear(b)))];
  return Math.hypot(...first.map((value, i) => value - second[i]!));
}

/** WCAG 2.2. */
function contrast(a: string, b: string): number {
  const [dark, light] = [a, b].map((colour) => {
    const [red, green, blue] = linear(colour);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }).sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

for (const [name, theme] of Object.entries(themes)) {
  for (const [sight, matrix] of Object.entries(sights)) {
    Deno.test(`theme ${name} keeps the first three series, and up from down, apart for ${sight}`, () => {
      const [first, second, third] = theme.series;
      for (const [a, b] of [[first, second], [first, third], [second, third], [theme.up, theme.down]]) {
        const distance = difference(a!, b!, matrix);
        ok(distance > 20, `${a} and ${b} differ by ${distance.toFixed(1)}`);
      }
    });
  }

  Deno.test(`theme ${name} can be read: words 4.5:1 and marks 3:1 on the ground`, () => {
    for (const colour of [theme.text, theme.muted]) ok(contrast(colour, theme.background) >= 4.5, colour);
    for (const colour of [theme.mark, theme.up, theme.down, ...theme.series]) {
      ok(contrast(colour, theme.background) >= 3, colour);
    }
  });
}
