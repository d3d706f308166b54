/**
 * Measures the emulator beside a bare rhea server that gets and sends the same messages in the same run, so that a busy
 * machine tells in both. Prints a Markdown table. `deno run -P=test bench/emulator/bench.ts [--quick]`
 */
import { startEmulator } from "#emulator/emulator.ts";
import { encodedEvent, measureIn, measureLatency, measureOut } from "./load.ts";
import { measureSdkIn, measureSdkOut } from "./sdk_load.ts";
import { type ServerProcess, startServer } from "./server.ts";

const SCALE = Deno.args.includes("--quick") ? 0.1 : 1;
const SIZES = [1, 10, 100, 500];
const EVENTS_OUT = 200_000 * SCALE;

/** One column of the table. */
interface Figures {
  readonly name: string;
  readonly rows: ReadonlyMap<string, string>;
}

/** The figures that any AMQP server gives, by the bare rhea client. */
async function measure(name: string, server: ServerProcess, folder?: string): Promise<Figures> {
  const rows = new Map<string, string>();
  rows.set("RSS at start, MB", megabytes(server.usage().rssBytes));
  await measureIn(server.port, 100, 200);
  for (const size of SIZES) {
    const batches = Math.ceil(SCALE * Math.min(20_000, 400_000 / size));
    const before = server.usage().cpuSeconds;
    rows.set(`in, ${size} a batch, events/s`, thousands(await measureIn(server.port, size, batches)));
    rows.set(
      `in, ${size} a batch, server CPU µs an event`,
      microsecondsSince(before, server, batches * size),
    );
  }
  const before = server.usage().cpuSeconds;
  rows.set("out, events/s", thousands(await measureOut(server.port, EVENTS_OUT)));
  rows.set("out, server CPU µs an event", microsecondsSince(before, server, EVENTS_OUT));
  const times = await measureLatency(server.port, 1000 * SCALE);
  rows.set("send to receive, p50 ms", times[Math.floor(times.length * 0.5)]!.toFixed(2));
  rows.set("send to receive, p99 ms", times[Math.floor(times.length * 0.99)]!.toFixed(2));
  rows.set("RSS at end, MB", megabytes(server.usage().rssBytes));
  if (folder !== undefined) rows.set("disk, MB", megabytes(sizeOf(folder)));
  return { name, rows };
}

/** Emulator, producer and consumer in this one process, as in a test or a demo. */
async function measureThrough(): Promise<number> {
  await using emulator = await startEmulator({ hubs: [{ name: "bench", partitions: 4 }] });
  const connectionString = emulator.connectionString("bench");
  const start = performance.now();
  const [perSecond] = await Promise.all([
    measureSdkOut(connectionString, EVENTS_OUT, 500),
    measureSdkIn(connectionString, 500, EVENTS_OUT / 500),
  ]);
  return Math.min(perSecond, EVENTS_OUT / (performance.now() - start) * 1000);
}

/** CPU time an event, which a busy machine changes less than it does rates. */
function microsecondsSince(cpuSeconds: number, server: ServerProcess, events: number): string {
  return ((server.usage().cpuSeconds - cpuSeconds) / events * 1e6).toFixed(1);
}

/** The figures that the SDK reaches, which is most often the slower end. */
async function measureSdk(server: ServerProcess): Promise<Figures> {
  const rows = new Map<string, string>();
  const connectionString = `Endpoint=sb://127.0.0.1:${server.port};SharedAccessKeyName=n;SharedAccessKey=k;` +
    "EntityPath=bench;UseDevelopmentEmulator=true";
  for (const size of SIZES) {
    const batches = Math.ceil(SCALE * Math.min(8000, 200_000 / size));
    rows.set(`in, ${size} a batch, events/s`, thousands(await measureSdkIn(connectionString, size, batches)));
  }
  rows.set("out, events/s", thousands(await measureSdkOut(connectionString, EVENTS_OUT, 500)));
  rows.set("through, all in one process, events/s", thousands(await measureThrough()));
  return { name: "emulator in memory, Azure SDK", rows };
}

async function main(): Promise<void> {
  const columns: Figures[] = [];
  {
    await using echo = await startServer("./echo_server.ts", [encodedEvent().toString("base64")]);
    columns.push(await measure("bare rhea", echo));
  }
  {
    await using emulator = await startServer("./emulator_server.ts", []);
    columns.push(await measure("emulator in memory", emulator));
  }
  for (const fsync of ["none", "batch"]) {
    const folder = await Deno.makeTempDir();
    {
      await using emulator = await startServer("./emulator_server.ts", [folder, fsync]);
      columns.push(await measure(`emulator on disk, fsync ${fsync}`, emulator, folder));
    }
    await Deno.remove(folder, { recursive: true });
  }
  {
    await using emulator = await startServer("./emulator_server.ts", []);
    columns.push(await measureSdk(emulator));
  }
  console.log(table(columns));
}

function table(columns: readonly Figures[]): string {
  const names = [...new Set(columns.flatMap(({ rows }) => [...rows.keys()]))];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...columns.map(({ name }) => name)]),
    line(["---", ...columns.map(() => "--:")]),
    ...names.map((name) => line([name, ...columns.map(({ rows }) => rows.get(name) ?? "")])),
  ].join("\n");
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    bytes += isDirectory ? sizeOf(`${folder}/${name}`) : Deno.statSync(`${folder}/${name}`).size;
  }
  return bytes;
}

function thousands(perSecond: number): string {
  return `${(perSecond / 1000).toFixed(1)} k`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

await main();
