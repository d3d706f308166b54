import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { frameCutter } from "#emulator/wire/frames.ts";
import { WireError } from "#emulator/wire/values.ts";

const HEADER = Buffer.from("AMQP\0\x01\0\0", "latin1");
const HEARTBEAT = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

/** A frame around a body, its size filled in. */
function frame(body: readonly number[], type = 0): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 2, type, 0, 0, ...body]);
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

const BEGIN = frame([0x00, 0x53, 0x11, 0xc0, 5, 4, 0x40, 0x43, 0x43, 0x43]);
const STREAM = [
  HEADER,
  BEGIN,
  HEARTBEAT,
  HEARTBEAT,
  BEGIN,
  frame([0x00, 0x53, 0x14, 0xc0, 3, 1, 0x52, 7, 1, 2, 3]),
];

Deno.test("frameCutter() gives whole frames however the bytes arrive", () => {
  const all = Buffer.concat(STREAM);
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
    const cutter = frameCutter(100);
    const ends = new Set([0]);
    for (const piece of STREAM) ends.add([...ends].at(-1)! + piece.length);
    const out: Buffer[] = [];
    for (let at = 0, turn = 0; at < all.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      const frames = cutter.push(all.subarray(at, at + size));
      if (frames) out.push(frames);
      at += size;
      assert.ok(ends.has(out.reduce((sum, { length }) => sum + length, 0)));
    }
    assert.deepEqual(Buffer.concat(out), all);
  }));
});

Deno.test("frameCutter() refuses what is no frame, or could make a decoder run wild", async (t) => {
  const nested = Array.from({ length: 40 }, (_, depth) => [0xd0, 0, 0, 0, 4 + (40 - depth) * 9, 0, 0, 0, 1])
    .flat();
  const cases: readonly [string, Buffer][] = [
    ["a frame of 4 GB", Buffer.from([255, 255, 255, 255, 2, 0, 0, 0])],
    ["a frame of nothing", Buffer.from([0, 0, 0, 0, 2, 0, 0, 0])],
    ["a data offset past the end", Buffer.from([0, 0, 0, 8, 200, 0, 0, 0])],
    ["an unknown frame type", frame([0x00, 0x53, 0x11, 0x45], 9)],
    ["an unknown performative", frame([0x00, 0x53, 0x77, 0x45])],
    ["a bare value", frame([0x45])],
    ["a list that says it has more than it holds", frame([0x00, 0x53, 0x11, 0xc0, 2, 200, 0x40])],
    [
      "an array of four billion nothings",
      frame([0x00, 0x53, 0x11, 0xf0, 0, 0, 0, 5, 255, 255, 255, 255, 0x40]),
    ],
    ["an HTTP request", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["lists nested forty deep", frame([0x00, 0x53, 0x11, ...nested, 0x45])],
  ];
  for (const [name, bytes] of cases) {
    await t.step(name, () => assert.throws(() => frameCutter(1000).push(bytes), WireError));
  }
});
