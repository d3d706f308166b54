import { blobName } from "#pipeline/store/names.ts";
import { encodeStoredTick } from "#pipeline/tick.ts";
import { dirname, join } from "node:path";

/**
 * Writes ticks of one symbol into a folder, in blobs of some 2,500 lines, as the receiver would: about three a second, of
 * 290 bytes each. The same count gives the same bytes, and a larger one the same blobs and more.
 *
 * @returns The blobs' paths, in the order of their ticks.
 */
export async function makeBlobs(folder: string, ticks: number): Promise<string[]> {
  const paths: string[] = [];
  const random = lcg(605);
  let price = 64_000;
  let time = Date.UTC(2026, 0, 1);
  const perBlob = 2538;
  for (let first = 0; first < ticks; first += perBlob) {
    const partition = first / perBlob % 4;
    const lines: string[] = [];
    for (let n = first; n < Math.min(first + perBlob, ticks); n++) {
      price *= 1 + (random() - 0.5) * 0.0004;
      time += Math.floor(random() * 700);
      const iso = (ms: number) => new Date(ms).toISOString();
      const tick = {
        id: `binance|BTC-USD|${4e9 + n}`,
        source: "binance",
        symbol: "BTC-USD",
        price: Math.round(price * 100) / 100,
        size: Math.round(random() * 1e5) / 1e5,
        side: random() < 0.5 ? "buy" as const : "sell" as const,
        time: iso(time),
        received_at: iso(time + 40),
      };
      const delivery = { partition, sequence_number: n, enqueued_at: iso(time + 90), generation: "0f1e2d" };
      lines.push(`${encodeStoredTick(tick, delivery)}\n`);
    }
    const bytes = new TextEncoder().encode(lines.join(""));
    const last = first + lines.length - 1;
    const date = new Date(time).toISOString().slice(0, 10);
    const path = join(
      folder,
      blobName("ticks", { generation: "0f1e2d", partition, first, last, date }, bytes),
    );
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
    paths.push(path);
  }
  return paths;
}

/** A linear congruential generator (ANSI C's): from 0 up to 1. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
