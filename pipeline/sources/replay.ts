import { createReadStream } from "node:fs";
import { basename, extname, join } from "node:path";
import { createInterface } from "node:readline";
import { parse } from "csv-parse";
import { DecodeError, type Tick } from "#pipeline/tick.ts";
import { recordedTick } from "./recorded.ts";
import type { Source, SourceLog } from "./source.ts";

/** What is replayed. */
export interface ReplayOptions {
  /** A file, or a folder whose files are read in the natural order of their names. */
  readonly file: string;
  /** For records that don't name their own. */
  readonly symbol: string;
  readonly log?: SourceLog;
  /** Our own clock, milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A record and where it stands, `prices.csv:12`. */
interface Placed {
  readonly place: string;
  readonly record: unknown;
}

/**
 * Ticks out of files: NDJSON (`.ndjson`, `.jsonl`, `.json`) of ticks or as the DATA605 project wrote it, and CSV of
 * open, high, low, close and volume. A record that is none of them is logged with its place, and left out.
 *
 * @throws {Error} while reading, when a file isn't there, can't be read to its end, or nothing in it is a tick.
 */
export function replay({ file, symbol, log = () => {}, now = Date.now }: ReplayOptions): Source {
  return {
    name: "replay",
    async *ticks(signal) {
      let ticks = 0;
      let firstRefusal = "it is empty";
      for (const path of await filesAt(file)) {
        const records = extname(path).toLowerCase() === ".csv" ? readCsv(path) : readLines(path);
        for await (const { place, record } of records) {
          if (signal.aborted) return;
          let tick: Tick;
          try {
            tick = recordedTick(record, { symbol, receivedAt: new Date(now()).toISOString() });
          } catch (error) {
            if (!(error instanceof DecodeError)) throw error;
            log("source.refused", { place, reason: error.message });
            if (firstRefusal === "it is empty") firstRefusal = `${place}: ${error.message}`;
            continue;
          }
          ticks++;
          yield tick;
        }
      }
      if (ticks === 0) throw new Error(`Cannot replay "${file}": no tick in it (${firstRefusal})`);
    },
  };
}

async function filesAt(path: string): Promise<string[]> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot replay "${path}": there is no such file; check --file`, { cause });
  }
  if (!info.isDirectory) return [path];
  const names: string[] = [];
  for await (const entry of Deno.readDir(path)) {
    if (entry.isFile && /\.(ndjson|jsonl|json|csv)$/i.test(entry.name)) names.push(entry.name);
  }
  if (names.length === 0) {
    throw new Error(`Cannot replay "${path}": no .ndjson, .jsonl, .json or .csv file in it`);
  }
  const natural = new Intl.Collator("en", { numeric: true });
  return names.sort(natural.compare).map((name) => join(path, name));
}

async function* readLines(path: string): AsyncGenerator<Placed> {
  const input = createReadStream(path, "utf8");
  try {
    let number = 0;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number++;
      const text = line.replace(/^\uFEFF/, "").trim();
      if (text === "") continue;
      yield { place: `${basename(path)}:${number}`, record: parseJson(text) };
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    input.destroy();
  }
}

function unreadable(path: string, cause: unknown): Error {
  return new Error(`Cannot replay "${path}" to its end: ${(cause as Error).message}`, { cause });
}

/** The JSON value, or the text itself where it is none: that is refused further on, like any other record. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function* readCsv(path: string): AsyncGenerator<Placed> {
  const input = createReadStream(path);
  const columns = (header: string[]) => header.map((name) => name.toLowerCase());
  // A quote inside of a text is part of it; one that never closes would take in all that follows, and is an error.
  const parser = parse({
    columns,
    bom: true,
    trim: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  // pipe() hands on what is read, but not why it ends early.
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<CsvRecord>) {
      yield { place: `${basename(path)}:${info.lines}`, record };
    }
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    input.destroy();
    parser.destroy();
  }
}

interface CsvRecord {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}
