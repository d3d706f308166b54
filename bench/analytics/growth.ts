/**
 * Measures what a load costs that has only one percent of the ticks to read, beside the one that read the others: each in
 * a process of its own, with a cache that is new each round. Prints a Markdown table of medians.
 * `deno run -A bench/analytics/growth.ts [TICKS=1000000] [ROUNDS=3]`
 */
import { join } from "node:path";
import { makeBlobs } from "./make_blobs.ts";
import { type Figures, measure, median, script } from "./measure.ts";

const [ticks = 1_000_000, rounds = 3] = Deno.args.map(Number);
const folder = await Deno.makeTempDir();
const blobs = join(folder, "blobs");
const paths = await makeBlobs(blobs, ticks);
const late = paths.slice(Math.floor(paths.length * 0.99)).map((path, n) => ({
  path,
  aside: join(folder, `${n}`),
}));

console.log(`${ticks.toLocaleString("en")} ticks, medians of ${rounds} rounds:\n`);
console.log("| | all, s | all but 1 %, and kept, s | then the rest, s | ratio to all | peak, MB |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const engine of ["wasm", "native"]) {
  const measured: Figures[][] = [];
  for (let round = 0; round < rounds; round++) {
    const cache = await Deno.makeTempDir();
    const load = async (...args: string[]) => (await measure(script("ticklake.ts", engine, blobs, ...args)))!;
    const all = await load();
    for (const { path, aside } of late) await Deno.rename(path, aside);
    const first = await load(cache);
    for (const { path, aside } of late) await Deno.rename(aside, path);
    const second = await load(cache);
    if (second.ticks !== ticks) throw new Error(`${engine} loaded ${second.ticks} of ${ticks} ticks`);
    measured.push([all, first, second]);
    await Deno.remove(cache, { recursive: true });
  }
  const [all, first, second] = [0, 1, 2].map((n) => median(measured.map((each) => each[n]!.loadSeconds)));
  const peak = median(measured.map((each) => each[2]!.peakMb));
  const cells = [all!, first!, second!].map((seconds) => seconds.toFixed(2));
  console.log(`| Ticklake, ${engine} | ${cells.join(" | ")} | ${(all! / second!).toFixed(1)} | ${peak} |`);
}
await Deno.remove(folder, { recursive: true });
