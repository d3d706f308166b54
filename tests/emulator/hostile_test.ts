import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import rhea, { type EventContext } from "rhea";
import { type Emulator, startEmulator } from "#emulator/emulator.ts";
import { bytesInUse } from "#tests/emulator/garbage.ts";
import { numbered, producerOf } from "#tests/emulator/clients.ts";

const OPTIONS = { hubs: [{ name: "prices", partitions: 1 }] };
const AMQP = Buffer.from("AMQP\0\x01\0\0", "latin1");
const OPEN = frame(0, [0x00, 0x53, 0x10, 0xc0, 4, 1, 0xa1, 1, 0x78]);
const BEGIN = frame(0, [0x00, 0x53, 0x11, 0xc0, 9, 4, 0x40, 0x43, 0x70, 0, 0, 8, 0, 0x43]);

function frame(channel: number, body: readonly number[]): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 2, 0, channel >> 8, channel & 255, ...body]);
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
}

/** Sends bytes and reads until the emulator closes. */
async function exchange({ port }: Emulator, ...pieces: readonly Buffer[]): Promise<Buffer> {
  using connection = await Deno.connect({ port });
  const writing = connection.write(Buffer.concat(pieces)).catch(() => {});
  const answer: Uint8Array[] = [];
  try {
    for await (const chunk of connection.readable) answer.push(chunk);
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  await writing;
  return Buffer.concat(answer);
}

/** What matters after any abuse: the next client is served. */
async function assertServes(emulator: Emulator): Promise<void> {
  await using producer = producerOf(emulator);
  await producer.sendBatch(numbered(1));
}

Deno.test("garbage, at any stage of a connection, ends that connection and no more", async (t) => {
  await using emulator = await startEmulator(OPTIONS);
  const noise = (seed: number) =>
    Buffer.from(Array.from({ length: 500 }, (_, index) => (seed * 7919 + index * index * 31) % 256));
  const cases: readonly [string, readonly Buffer[]][] = [
    ["an HTTP request", [Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]],
    ["another protocol's version", [Buffer.from("AMQP\x00\x00\x09\x01", "latin1")]],
    ["noise after the header", [AMQP, noise(1)]],
    ["noise after the open", [AMQP, OPEN, noise(2)]],
    ["a frame of 4 GB", [AMQP, OPEN, Buffer.from([255, 255, 255, 255, 2, 0, 0, 0])]],
    ["an attach before any session", [AMQP, OPEN, frame(0, [0x00, 0x53, 0x12, 0x45])]],
    ["an attach with nothing in it", [AMQP, OPEN, BEGIN, frame(0, [0x00, 0x53, 0x12, 0x45])]],
    ["a transfer on no link", [AMQP, OPEN, BEGIN, frame(0, [0x00, 0x53, 0x14, 0xc0, 3, 1, 0x52, 9])]],
    ["two opens", [AMQP, OPEN, OPEN]],
    ["an open that is a map", [AMQP, frame(0, [0x00, 0x53, 0x10, 0xc1, 1, 0])]],
    ["an array of four billion nothings", [
      AMQP,
      OPEN,
      frame(0, [0x00, 0x53, 0x11, 0xf0, 0, 0, 0, 5, 255, 255, 255, 255, 0x40]),
    ]],
  ];
  for (const [name, pieces] of cases) {
    await t.step(name, async () => {
      await exchange(emulator, ...pieces);
      await assertServes(emulator);
    });
  }
});

Deno.test("frames on sessions that are gone, or never were, do no harm", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const flow = [0x00, 0x53, 0x13, 0xc0, 10, 5, 0x43, 0x70, 0, 0, 8, 0, 0x43, 0x43, 0x43];
  const close = frame(0, [0x00, 0x53, 0x18, 0x45]);
  const end = frame(0, [0x00, 0x53, 0x17, 0x45]);
  const answer = await exchange(
    emulator,
    AMQP,
    OPEN,
    BEGIN,
    end,
    frame(0, flow),
    frame(0, flow),
    frame(7, flow),
    close,
  );
  assert.ok(answer.includes(Buffer.from([0x00, 0x53, 0x18])), "the close was answered");
});

Deno.test("a client that says nothing is cut off, and close() doesn't wait for one", async () => {
  const emulator = await startEmulator({ ...OPTIONS, handshakeMs: 100 });
  assert.equal((await exchange(emulator)).length, 0);
  assert.equal((await exchange(emulator, AMQP)).length, 8);
  const half = await Deno.connect({ port: emulator.port });
  await half.write(AMQP.subarray(0, 3));
  const start = performance.now();
  await emulator.close();
  assert.ok(performance.now() - start < 3000);
  half.close();
});

Deno.test("a message that never ends isn't kept, and one that ends too late is refused", async (t) => {
  await using emulator = await startEmulator(OPTIONS);
  await t.step("200 MB of one delivery", async () => {
    using connection = await Deno.connect({ port: emulator.port });
    const target = [0x00, 0x53, 0x29, 0xc0, 9, 1, 0xa1, 6, ...Buffer.from("prices")];
    const attach = [0xa1, 1, 0x6c, 0x43, 0x42, 0x40, 0x40, 0x40, ...target];
    const transfer = [0x00, 0x53, 0x14, 0xc0, 9, 6, 0x43, 0x43, 0xa0, 1, 1, 0x43, 0x42, 0x41];
    const part = frame(0, [...transfer, ...new Uint8Array(65_000)]);
    await connection.write(
      Buffer.concat([AMQP, OPEN, BEGIN, frame(0, [0x00, 0x53, 0x12, 0xc0, attach.length + 1, 7, ...attach])]),
    );
    const reader = connection.readable.getReader();
    const writer = connection.writable.getWriter();
    await reader.read();
    const before = await bytesInUse();
    for (let sent = 0; sent < 200e6; sent += part.length) await writer.write(part);
    const grown = await bytesInUse() - before;
    assert.ok(grown < 20e6, `${grown / 1e6} MB more`);
    reader.releaseLock();
    writer.releaseLock();
  });
  await t.step("64 MB, whole", async () => {
    const connection = rhea.create_container().connect({
      host: "127.0.0.1",
      port: emulator.port,
      reconnect: false,
    });
    const refused = Promise.withResolvers<string | undefined>();
    connection.once(
      "sendable",
      ({ sender }: EventContext) => sender!.send(Buffer.alloc(67_108_864), undefined, 0),
    );
    connection.on("rejected", ({ delivery }: EventContext) => {
      refused.resolve((delivery!.remote_state as { error?: { condition?: string } }).error?.condition);
    });
    connection.open_sender("prices");
    assert.equal(await refused.promise, "amqp:link:message-size-exceeded");
    await closed(connection);
  });
  await assertServes(emulator);
});

Deno.test("a client that begins session upon session is cut off", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const begins = Array.from({ length: 5000 }, (_, channel) => frame(channel, [...BEGIN.subarray(8)]));
  const answer = await exchange(emulator, AMQP, OPEN, ...begins);
  assert.ok(answer.includes("may have 2000 sessions"));
  await assertServes(emulator);
});

Deno.test("a client that attaches 10,000 links is cut off, and others are served", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const connection = rhea.create_container().connect({
    host: "127.0.0.1",
    port: emulator.port,
    reconnect: false,
  });
  const gone = new Promise((resolve) => connection.once("disconnected", resolve));
  for (let link = 0; link < 10_000; link++) {
    connection.open_sender({ name: `link ${link}`, target: "prices" });
  }
  await gone;
  await assertServes(emulator);
});

Deno.test("a receiver that never reads its socket is sent no more than a few megabytes ahead", async () => {
  await using emulator = await startEmulator({ ...OPTIONS, statusPort: 0 });
  await using producer = producerOf(emulator);
  for (let batch = 0; batch < 60; batch++) await producer.sendBatch([{ body: "x".repeat(1_000_000) }]);
  using connection = await Deno.connect({ port: emulator.port });
  const address = Buffer.from("prices/ConsumerGroups/$Default/Partitions/0");
  const source = [0x00, 0x53, 0x28, 0xc0, address.length + 3, 1, 0xa1, address.length, ...address];
  const fields = [0xa1, 1, 0x6c, 0x43, 0x41, 0x40, 0x40, ...source];
  const attach = frame(0, [0x00, 0x53, 0x12, 0xc0, fields.length + 1, 6, ...fields]);
  const window = [0x70, 0x7f, 255, 255, 255];
  const credit = [0x43, ...window, 0x43, ...window, 0x43, 0x43, 0x70, 0, 0, 255, 255];
  const flow = frame(0, [0x00, 0x53, 0x13, 0xc0, credit.length + 1, 7, ...credit]);
  const begin = frame(0, [0x00, 0x53, 0x11, 0xc0, 13, 4, 0x40, 0x43, ...window, ...window]);
  await connection.write(Buffer.concat([AMQP, OPEN, begin, attach, flow]));
  const reader = connection.readable.getReader();
  await reader.read();
  for (let send = 0; send < 20; send++) await assertServes(emulator);
  const { hubs } = await (await fetch(`${emulator.statusUrl}status.json`)).json();
  const { position } = hubs[0].partitions[0].readers[0];
  assert.ok(position > 0 && position < 40, `${position} MB were sent to a client that reads none`);
  reader.releaseLock();
});

async function closed(connection: ReturnType<typeof rhea.connect>): Promise<void> {
  const done = new Promise((resolve) => connection.once("connection_close", resolve));
  connection.close();
  await done;
}
