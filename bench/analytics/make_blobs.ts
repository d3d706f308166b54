import { encodeStoredTick } from "#pipeline/tick.ts";

/**
 * Writes ticks of one symbol into a folder, in blobs of some 2,500 lines, as the receiver would: about three a second, of
 * 205 bytes and more each. The same count gives the same bytes.
 */
export async function makeBlobs(folder: string, ticks: number): Promise<void> {
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
    await Deno.writeTextFile(`${folder}/${String(first).padStart(9, "0")}.ndjson`, lines.join(""));
  }
}

/** A linear congruential generator (ANSI C's): from 0 up to 1. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}
