import { batchBuilder, setNumber, setText } from "./column_batch.ts";
import type { Engine } from "./engine.ts";
import { readLine } from "./line.ts";
import type { TickColumns } from "./tick_columns.ts";
import { tickScanner } from "./tick_scanner.ts";

/** A blob's bytes, one JSON object a line. */
export interface Blob {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Adds every line of the blobs to the table `lines`, or to `refused_ticks` with the reason why it is no tick. */
export async function readBlobs(
  engine: Engine,
  blobs: AsyncIterable<Blob>,
  ticks: TickColumns,
): Promise<void> {
  const refused = batchBuilder({ blob: "text", line: "integer", reason: "text" }, 4096);
  const scan = tickScanner(ticks);
  for await (const { name, bytes } of blobs) {
    for (let start = 0, line = 1; start < bytes.length; line++) {
      let next = scan(bytes, start);
      if (next === -1) {
        const other = readLine(bytes, start);
        next = other.next;
        if (other.tick !== null) ticks.add(other.tick);
        if (other.problem !== null) {
          const { column, rows } = refused;
          setText(column.blob, rows, name);
          setNumber(column.line, rows, line);
          setText(column.reason, rows, other.problem);
          refused.endRow();
        }
      }
      start = next;
      if (ticks.isFull) await insert(engine, "lines", ticks);
      if (refused.isFull) await insert(engine, "refused_ticks", refused);
    }
  }
  if (ticks.rows > 0) await insert(engine, "lines", ticks);
  if (refused.rows > 0) await insert(engine, "refused_ticks", refused);
}

async function insert(engine: Engine, table: string, batch: ReturnType<typeof batchBuilder>): Promise<void> {
  await engine.insert(table, batch);
  batch.clear();
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
