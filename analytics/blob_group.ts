import type { Blob } from "./engine.ts";

/** A group is about this large: to read each blob on its own would cost several times as much. */
const groupBytes = 64 * 2 ** 20;

/** The blobs in groups of some size, each with its number. */
export async function* groupBlobs(blobs: AsyncIterable<Blob>): AsyncIterable<[number, readonly Blob[]]> {
  let group: Blob[] = [];
  let size = 0;
  let index = 0;
  for await (const blob of blobs) {
    group.push(blob);
    size += blob.bytes.length;
    if (size < groupBytes) continue;
    yield [index++, group];
    group = [];
    size = 0;
  }
  if (group.length > 0) yield [index, group];
}

const newline = new Uint8Array([0x0a]);

/** The bytes of the blobs one after the other, each on lines of its own. */
export function* joinLines(blobs: readonly Blob[]): Iterable<Uint8Array> {
  for (const { bytes } of blobs) {
    yield bytes;
    yield newline;
  }
}
