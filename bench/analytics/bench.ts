/**
 * Measures Ticklake beside its peers, each in a process of its own, in turns, so that a busy machine slows all of them.
 * Prints a Markdown table of medians. `deno run -A bench/analytics/bench.ts [TICKS=1000000] [ROUNDS=5]`
 *
 * pandas is Debian's: `apt-get install python3-pandas`; without it, its row is left out.
 */
import { makeBlobs } from "./make_blobs.ts";
import { type Figures, measure, median, script } from "./measure.ts";

const peers: Record<string, string[]> = {
  "Ticklake, wasm": script("ticklake.ts", "wasm"),
  "Ticklake, native": script("ticklake.ts", "native"),
  "plain DuckDB SQL": script("plain_duckdb.ts"),
  "pandas": ["/usr/bin/python3", `${import.meta.dirname!}/with_pandas.py`],
};

const [ticks = 1_000_000, rounds = 5] = Deno.args.map(Number);
const folder = await Deno.makeTempDir();
await makeBlobs(folder, ticks);
const measured = new Map<string, Figures[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, command] of Object.entries(peers)) {
    const figures = await measure([...command, folder]);
    if (figures === null) continue;
    if (figures.ticks !== ticks) throw new Error(`${name} loaded ${figures.ticks} of ${ticks} ticks`);
    measured.set(name, [...measured.get(name) ?? [], figures]);
  }
}
await Deno.remove(folder, { recursive: true });

console.log(`${ticks.toLocaleString("en")} ticks, medians of ${rounds} rounds:\n`);
console.log("| | load, s | ticks/s | five analyses, s | whole process, s | peak, MB |");
console.log("| --- | --- | --- | --- | --- | --- |");
for (const [name, all] of measured) {
  const of = (key: keyof Figures) => median(all.map((figures) => figures[key]));
  const load = of("loadSeconds");
  const cells = [
    load.toFixed(2),
    Math.round(ticks / load).toLocaleString("en"),
    of("analysesSeconds").toFixed(2),
    of("wholeSeconds").toFixed(2),
    of("peakMb"),
  ];
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
