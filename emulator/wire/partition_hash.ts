import { Buffer } from "node:buffer";

/**
 * The partition that a partition key belongs to: Bob Jenkins' lookup3 (`hashlittle2`) over the key's UTF-8 bytes,
 * its two words folded to a signed 16-bit number, modulo the partition count.
 *
 * @param key any string
 * @param partitions how many partitions the hub has, at least 1
 * @see https://burtleburtle.net/bob/c/lookup3.c
 */
export function partitionOfKey(key: string, partitions: number): number {
  const [b, c] = lookup3(Buffer.from(key, "utf8"));
  const folded = ((c ^ b) << 16) >> 16;
  return Math.abs(folded % partitions);
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function lookup3(key: Buffer): [b: number, c: number] {
  const blocks = key.length > 12 ? Math.ceil(key.length / 12) - 1 : 0;
  // The last block is padded with zeros, which adds nothing: the same as the reference's switch over its length.
  const padded = Buffer.alloc((blocks + 1) * 12);
  key.copy(padded);
  let a = (0xdeadbeef + key.length) | 0;
  let b = a;
  let c = a;
  for (let block = 0; block < blocks; block++) {
    a = (a + padded.readInt32LE(block * 12)) | 0;
    b = (b + padded.readInt32LE(block * 12 + 4)) | 0;
    c = (c + padded.readInt32LE(block * 12 + 8)) | 0;
    [a, b, c] = mix(a, b, c);
  }
  if (key.length === 0) return [b, c];
  a = (a + padded.readInt32LE(blocks * 12)) | 0;
  b = (b + padded.readInt32LE(blocks * 12 + 4)) | 0;
  c = (c + padded.readInt32LE(blocks * 12 + 8)) | 0;
  return finish(a, b, c);
}

function mix(a: number, b: number, c: number): [number, number, number] {
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

function finish(a: number, b: number, c: number): [b: number, c: number] {
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return [b, c];
}
