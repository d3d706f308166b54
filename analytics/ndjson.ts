import type { Blob } from "./engine.ts";
import { parseRawTick, type RawTick, refused } from "./raw_tick.ts";

/** A line of a blob; `line` counts from 1. */
export interface BlobLine {
  readonly blob: string;
  readonly line: number;
  readonly tick: RawTick;
}

const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The lines of a blob. Lines may end in CR LF, the last one in nothing; a byte order mark at the beginning is passed
 * over, as are empty lines, though these count in the numbering.
 */
export function* readLines({ name, bytes }: Blob): Iterable<BlobLine> {
  for (let line = 1, start = 0; start < bytes.length; line++) {
    const { tick, next } = readLine(bytes, start);
    if (tick !== null) yield { blob: name, line, tick };
    start = next;
  }
}

/** The line that begins at `start`, `null` when it is empty, and where the one after it begins. */
export function readLine(bytes: Uint8Array, start: number): { tick: RawTick | null; next: number } {
  const found = bytes.indexOf(newline, start);
  const end = found === -1 ? bytes.length : found;
  return { tick: parseLine(bytes.subarray(start, end)), next: end + 1 };
}

function parseLine(bytes: Uint8Array): RawTick | null {
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    return refused(`the line is ${bytes.length} bytes that are not UTF-8, expected UTF-8 text`);
  }
  return text === "" ? null : parseRawTick(text);
}
