import assert from "node:assert/strict";
import { join } from "node:path";
import { openSource } from "#pipeline/sources/index.ts";
import { replay } from "#pipeline/sources/replay.ts";
import { encodeStoredTick, encodeTick, type Tick } from "#pipeline/tick.ts";
import { collect } from "./collect.ts";

const tick: Tick = {
  id: "binance|ETH-USD|7",
  source: "binance",
  symbol: "ETH-USD",
  price: 2500.5,
  size: 1,
  side: "buy",
  time: "2026-05-01T12:00:00.000Z",
  received_at: "2026-05-01T12:00:00.100Z",
};

/** Reads a file of this content; what was refused comes back with the ticks. */
async function replayed(name: string, content: string): Promise<{ ticks: Tick[]; refused: string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, name), content);
    const refused: string[] = [];
    const log = (_: string, { place, reason }: Record<string, unknown>) =>
      refused.push(`${place}: ${reason}`);
    const now = () => Date.parse("2026-06-01T00:00:00Z");
    return {
      ticks: await collect(replay({ file: join(folder, name), symbol: "BTC-USD", log, now })),
      refused,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("replay() reads ticks back as they were, stored lines too, with CRLF, BOM and blank lines", async () => {
  const line = new TextDecoder().decode(encodeTick(tick));
  const delivery = { partition: 0, sequence_number: 1, enqueued_at: tick.time, generation: "ab" };
  const content = `\uFEFF${line}\r\n\r\n${encodeStoredTick({ ...tick, id: "binance|ETH-USD|8" }, delivery)}`;
  const { ticks, refused } = await replayed("ticks.ndjson", content);
  assert.deepEqual(ticks, [tick, { ...tick, id: "binance|ETH-USD|8" }]);
  assert.deepEqual(refused, []);
});

Deno.test("replay() reads lines of DATA605, microseconds kept", async () => {
  const { ticks } = await replayed(
    "bitcoin_data_1.json",
    `{"currency": "BTC", "price_usd": 96503.0, "timestamp": 1746246720.3255968}`,
  );
  assert.deepEqual(ticks, [{
    id: "data605|BTC-USD|1746246720325597",
    source: "data605",
    symbol: "BTC-USD",
    price: 96503,
    size: null,
    side: null,
    time: "2025-05-03T04:32:00.325597Z",
    received_at: "2025-05-03T04:32:00.325597Z",
  }]);
});

Deno.test.each([
  ["2023-03-01 00:01:00+00:00", "2023-03-01T00:01:00.000Z"],
  ["2023-03-01 02:01:00+02:00", "2023-03-01T00:01:00.000Z"],
  ["2023-03-01T00:01:00Z", "2023-03-01T00:01:00.000Z"],
  ["2023-03-01 00:01", "2023-03-01T00:01:00.000Z"],
  ["2023-03-01", "2023-03-01T00:00:00.000Z"],
  ["1677628860", "2023-03-01T00:01:00.000Z"],
  ["1677628860000", "2023-03-01T00:01:00.000Z"],
  ["1677628860000123", "2023-03-01T00:01:00.000123Z"],
])("replay() reads a bar's time %s as %s", async (given, time) => {
  const { ticks } = await replayed(
    "bars.csv",
    `Open_Time,Open,High,Low,Close,Volume\n${given},1,3,0.5,2,10\n`,
  );
  assert.deepEqual(ticks, [{
    id: `replay|BTC-USD|${time}`,
    source: "replay",
    symbol: "BTC-USD",
    price: 2,
    size: 10,
    side: null,
    time,
    received_at: "2026-06-01T00:00:00.000Z",
  }]);
});

Deno.test("replay() stamps a bar with its close_time where the file has one", async () => {
  const { ticks } = await replayed("b.csv", "open_time,close,close_time\n1677628800000,2,1677628859999\n");
  assert.equal(ticks[0]!.time, "2023-03-01T00:00:59.999Z");
  assert.equal(ticks[0]!.size, null);
});

Deno.test("replay() leaves out what is no tick, and says where it stands and why", async () => {
  const { ticks, refused } = await replayed(
    "bars.csv",
    "time,close,volume\n2023-03-01,2,1\n2023-03-02,NaN,1\nyesterday,2,1\n2023-03-04,-1,1\n2023-03-05,3\n",
  );
  assert.deepEqual(ticks.map(({ price }) => price), [2, 3]);
  assert.deepEqual(refused.map((line) => line.replace("Cannot decode tick: ", "")), [
    `bars.csv:3: field "price" is "NaN", expected a finite number above 0`,
    `bars.csv:4: field "time" is "yesterday", expected a time`,
    `bars.csv:5: field "price" is -1, expected a finite number above 0`,
  ]);
});

Deno.test("replay() refuses a broken line of NDJSON with its number", async () => {
  const line = new TextDecoder().decode(encodeTick(tick));
  const { ticks, refused } = await replayed("t.ndjson", `${line}\n{"id": \n`);
  assert.equal(ticks.length, 1);
  assert.match(refused[0]!, /^t\.ndjson:2: .*expected a JSON object/);
});

const deep = "[".repeat(100_000) + "]".repeat(100_000);
const odd = `{"toString":1,"valueOf":1}`;

Deno.test.each([
  ["currency", `{"currency":${deep},"price_usd":1,"timestamp":1746246720}`],
  ["currency", `{"currency":${odd},"price_usd":1,"timestamp":1746246720}`],
  ["time", `{"close":1,"time":${deep}}`],
  ["time", `{"close":1,"time":${odd}}`],
])("replay() goes on after a record whose %s is no text: %#", async (field, record) => {
  const line = new TextDecoder().decode(encodeTick(tick));
  const { ticks, refused } = await replayed("t.ndjson", `${record}\n${line}\n`);
  assert.deepEqual(ticks, [tick]);
  assert.match(refused[0]!, new RegExp(`^t\\.ndjson:1: .*field "${field}" is an (array|object), expected`));
});

Deno.test("replay() names the file whose quote never closes", async () => {
  const content = 'time,close\n2023-03-01,2\n2023-03-02,"3\n2023-03-03,4\n';
  await assert.rejects(
    replayed("bars.csv", content),
    /^Error: Cannot replay ".*bars\.csv" to its end: Quote Not Closed/,
  );
});

Deno.test({
  name: "replay() fails, and not the process, when a file can't be read to its end",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      for (const name of ["a.csv", "b.ndjson"]) {
        // It is there, and opening or reading it fails.
        await Deno.symlink("/proc/self/mem", join(folder, name));
        const reading = collect(replay({ file: join(folder, name), symbol: "BTC-USD" }));
        await assert.rejects(reading, /^Error: Cannot replay ".*" to its end: /);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test.each([
  ["empty.csv", "", /no tick in it \(it is empty\)/],
  ["empty.ndjson", "\n\n", /no tick in it \(it is empty\)/],
  ["other.csv", "a,b\n1,2\n", /no tick in it \(other\.csv:2: .*"source" is missing/],
  ["notime.csv", "close\n1\n", /notime\.csv:2: .*"time" is missing, expected a column named close_time/],
])("replay() fails for %s with the first reason", async (name, content, message) => {
  await assert.rejects(replayed(name as string, content as string), message as RegExp);
});

Deno.test("replay() reads a folder in the natural order of its names", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const day of [10, 2, 1]) {
      await Deno.writeTextFile(join(folder, `bars_${day}.csv`), `time,close\n2023-03-${day + 10},${day}\n`);
    }
    await Deno.writeTextFile(join(folder, "notes.txt"), "none");
    const ticks = await collect(replay({ file: folder, symbol: "BTC-USD" }));
    assert.deepEqual(ticks.map(({ price }) => price), [1, 2, 10]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("replay() names a file that isn't there", async () => {
  await assert.rejects(
    collect(replay({ file: "no/such.csv", symbol: "BTC-USD" })),
    /"no\/such.csv": there is no such file/,
  );
});

Deno.test("openSource() names the sources that there are", () => {
  const settings = {
    symbols: ["BTC-USD"],
    count: 1,
    speed: 1,
    seed: 1,
    startMs: 0,
    stepMs: 1,
    file: null,
    log: () => {},
  };
  assert.throws(
    () => openSource("binanze", settings),
    /Unknown source "binanze", expected one of simulated, replay/,
  );
  assert.throws(() => openSource("replay", settings), /add --file/);
});

const shared = new URL("../../../../shared/data/", import.meta.url);
const haveShared = await Deno.stat(shared).then(() => true, () => false);

Deno.test({
  name: "replay() reads all real data: 700 readings, 30,240 bars",
  ignore: !haveShared,
  async fn() {
    const refuse = (event: string, fields: unknown) => assert.fail(`${event} ${JSON.stringify(fields)}`);
    const readings = await collect(
      replay({ file: new URL("data605", shared).pathname, symbol: "BTC-USD", log: refuse }),
    );
    assert.equal(readings.length, 700);
    assert.equal(readings.at(-1)!.time.slice(0, 19), "2025-05-03T16:22:30");
    const bars = await collect(
      replay({ file: new URL("btcusd_1m_2023-03.csv", shared).pathname, symbol: "BTC-USD", log: refuse }),
    );
    assert.equal(bars.length, 30_240);
  },
});
