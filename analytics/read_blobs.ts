import { type BatchBuilder, batchBuilder, free, setNumber, setText } from "./column_batch.ts";
import type { Engine } from "./engine.ts";
import { readLine } from "./line.ts";
import { readTickGroups, tickReader } from "./parquet_ticks.ts";
import type { TickColumns } from "./tick_columns.ts";
import { tickScanner } from "./tick_scanner.ts";

/** A blob's bytes: one JSON object a line or, where its name ends in `.parquet`, a Parquet file. */
export interface Blob {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What to do with lines as they come. */
export interface ReadOptions {
  /** Takes what is in the table `lines`, so many, and leaves it empty. */
  readonly stage: (lines: number) => Promise<void>;
  /** How many lines that is at least, but for the last ones. */
  readonly stageLines: number;
}

/** Where lines go: ticks to the table `lines`, others to `refused_ticks`. */
interface Target extends ReadOptions {
  readonly engine: Engine;
  readonly ticks: TickColumns;
  readonly refused: BatchBuilder<"blob" | "line" | "reason">;
  /** How many are in the table `lines`. */
  lines: number;
}

/**
 * Adds every line of the blobs to the table `lines`, or to `refused_ticks` with the reason why it is no tick. The rows of a
 * Parquet file are lines, too. The blobs' bytes are gone afterwards.
 *
 * @throws {Error} for a Parquet file whose compression is unknown.
 */
export async function readBlobs(
  engine: Engine,
  blobs: AsyncIterable<Blob>,
  ticks: TickColumns,
  options: ReadOptions,
): Promise<void> {
  const refused = batchBuilder({ blob: "text", line: "integer", reason: "text" }, 4096);
  const target: Target = { engine, ticks, refused, lines: 0, ...options };
  const scan = tickScanner(ticks);
  const readRow = tickReader(ticks);
  for await (const blob of blobs) {
    if (blob.name.endsWith(".parquet")) await readRows(blob, target, readRow);
    else await readLines(blob, target, scan);
    free(blob.bytes);
    if (target.lines + ticks.rows >= options.stageLines) await flush(target);
  }
  await flush(target);
}

async function readLines(
  { name, bytes }: Blob,
  target: Target,
  scan: ReturnType<typeof tickScanner>,
): Promise<void> {
  const { ticks, refused } = target;
  for (let start = 0, line = 1; start < bytes.length; line++) {
    let next = scan(bytes, start);
    if (next === -1) {
      const other = readLine(bytes, start);
      next = other.next;
      if (other.tick !== null) ticks.add(other.tick);
      if (other.problem !== null) refuse(target, name, line, other.problem);
    }
    start = next;
    if (ticks.isFull || refused.isFull) await insertFull(target);
  }
}

async function readRows(
  { name, bytes }: Blob,
  target: Target,
  reader: ReturnType<typeof tickReader>,
): Promise<void> {
  const { ticks, refused } = target;
  for await (const { firstRow, rows, problem, column } of readTickGroups(name, bytes)) {
    if (problem !== null) refuse(target, name, firstRow, problem);
    const readRow = reader(column);
    for (let row = 0; row < rows; row++) {
      const problem = readRow(row);
      if (problem !== null) refuse(target, name, firstRow + row, problem);
      if (ticks.isFull || refused.isFull) await insertFull(target);
    }
  }
}

function refuse({ refused }: Target, blob: string, line: number, reason: string): void {
  const { column, rows } = refused;
  setText(column.blob, rows, blob);
  setNumber(column.line, rows, line);
  setText(column.reason, rows, reason);
  refused.endRow();
}

async function insertFull(target: Target): Promise<void> {
  const { ticks, refused } = target;
  if (refused.isFull) await insertRefused(target);
  if (!ticks.isFull) return;
  await insertLines(target);
  if (target.lines >= target.stageLines) await flush(target);
}

async function flush(target: Target): Promise<void> {
  if (target.ticks.rows > 0) await insertLines(target);
  if (target.refused.rows > 0) await insertRefused(target);
  await target.stage(target.lines);
  target.lines = 0;
}

async function insertLines(target: Target): Promise<void> {
  const { engine, ticks } = target;
  await engine.insert("lines", ticks);
  target.lines += ticks.rows;
  ticks.clear();
}

async function insertRefused({ engine, refused }: Target): Promise<void> {
  await engine.insert("refused_ticks", refused);
  refused.clear();
}

/** Fills the table `words` with the texts whose numbers the ticks have. */
export async function writeWords(engine: Engine, words: ReadonlyMap<string, number>): Promise<void> {
  await engine.run("truncate words");
  if (words.size === 0) return;
  const batch = batchBuilder({ word: "text" }, words.size);
  for (const word of words.keys()) {
    setText(batch.column.word, batch.rows, word);
    batch.endRow();
  }
  await engine.insert("words", batch);
}
