import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import rhea, { type EventContext } from "rhea";
import { startEmulator } from "#emulator/emulator.ts";
import { eventHubs } from "#pipeline/hub/event_hubs.ts";
import { receive } from "#pipeline/receive.ts";
import { azurite } from "#pipeline/store/azurite.ts";
import { openContainer } from "#pipeline/store/blob.ts";
import { folderStore } from "#pipeline/store/folder.ts";
import { temporaryFolder } from "#scripts/files.ts";

/** Receiving takes a second; what stands still is found by then. */
const mostMs = 20_000;

/** A message whose body is a list in a list in a list ... of AMQP, `depth` of them. */
function nestedMessage(depth: number): Buffer {
  const body = Buffer.alloc(3 + 9 * depth + 1);
  body.set([0x00, 0x53, 0x77]);
  for (let level = 0; level < depth; level++) {
    const at = 3 + 9 * level;
    body[at] = 0xd0;
    body.writeUInt32BE(body.length - at - 5, at + 1);
    body.writeUInt32BE(1, at + 5);
  }
  body[body.length - 1] = 0x40;
  return body;
}

/** Sends messages as they are, which the SDK would not. */
async function sendRaw(port: number, address: string, messages: readonly Buffer[]): Promise<void> {
  const connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
  const accepted = Promise.withResolvers<void>();
  let left = messages.length;
  connection.open_sender(address);
  connection.once("sendable", ({ sender }: EventContext) => {
    for (const message of messages) sender!.send(message, undefined, 0);
  });
  connection.on("accepted", () => --left === 0 && accepted.resolve());
  await accepted.promise;
  const closed = new Promise((resolve) => connection.once("connection_close", resolve));
  connection.close();
  await closed;
}

Deno.test("an event that the SDK can't decode is kept under rejects/, and the partition goes on", async () => {
  await using folder = await temporaryFolder();
  await using storage = await azurite({ port: 0, folder: folder.path });
  await using emulator = await startEmulator({ hubs: [{ name: "ticks", partitions: 1 }] });
  const deep = nestedMessage(50_000);
  await sendRaw(emulator.port, "ticks/Partitions/0", [nestedMessage(2), deep, nestedMessage(3)]);
  await using hub = await eventHubs({
    address: { connectionString: emulator.connectionString(), hub: "ticks" },
    consumerGroup: "$Default",
    checkpoints: await openContainer(storage, "checkpoints"),
    log: () => {},
  });
  const store = folderStore(`${folder.path}/blobs`);
  const limits = { events: 50, bytes: 4e6, ageMs: 60_000 };
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), mostMs);
  const { events, rejects } = await receive(hub, store, { limits, once: true }, stop.signal);
  clearTimeout(late);
  assert.deepEqual({ events, rejects }, { events: 3, rejects: 3 });
  const [blob] = await Array.fromAsync(store.list("rejects/"));
  const lines = new TextDecoder().decode(await store.get(blob!.name)).trimEnd().split("\n");
  const raws = lines.map((line) => Buffer.from(JSON.parse(line).raw, "base64"));
  assert.deepEqual([raws[0]!.toString(), raws[2]!.toString()], ["[[null]]", "[[[null]]]"]);
  // As it was sent, byte for byte.
  assert(raws[1]!.equals(deep));
});
