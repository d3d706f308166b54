import assert from "node:assert/strict";
import rhea, { type Connection } from "rhea";
import { startEmulator } from "#emulator/emulator.ts";
import { bytesInUse } from "#tests/emulator/garbage.ts";

/** A long run asks for more through `TICKLAKE_CYCLES`. */
const CYCLES = Number(Deno.env.get("TICKLAKE_CYCLES") ?? 2000);

const name = `${CYCLES} connections that come and go leave no handle, and the heap flat`;
// Only Linux lists a process's handles as files.
Deno.test({ name, ignore: Deno.build.os !== "linux" }, async () => {
  await using emulator = await startEmulator({ hubs: [{ name: "prices", partitions: 1 }], statusPort: 0 });
  await cycle(emulator.port, CYCLES / 4);
  const [handles, memory] = [await openHandles(), await bytesInUse()];
  await cycle(emulator.port, CYCLES * 3 / 4);
  const handlesNow = await openHandles();
  assert.ok(handlesNow <= handles + 2, `${handlesNow} handles, ${handles} before`);
  const grown = await bytesInUse() - memory;
  // Compiled code comes and goes by half a megabyte, however many the cycles; a connection that stays takes tens of KB.
  assert.ok(grown < CYCLES * 1_000, `${grown} bytes more in use`);
  const { hubs } = await (await fetch(`${emulator.statusUrl}status.json`)).json();
  assert.deepEqual(hubs[0].partitions[0].readers, []);
});

/** Connects, opens a sender and a receiver, and closes or just hangs up, in turn. */
async function cycle(port: number, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const connection = rhea.create_container().connect({ host: "127.0.0.1", port, reconnect: false });
    connection.on("disconnected", () => {});
    const opened = new Promise((resolve) => connection.once("receiver_open", resolve));
    const gone = new Promise((resolve) => connection["socket"].once("close", resolve));
    connection.open_sender("prices");
    connection.open_receiver("prices/ConsumerGroups/$Default/Partitions/0");
    await opened;
    if (number % 2 === 0) connection.close();
    else hangUp(connection);
    await gone;
  }
}

/** Cuts a connection on the client's side; rhea stops its timers only when a socket ends by itself. */
function hangUp(connection: Connection): void {
  connection["socket"].destroy();
  connection["socket"].emit("end");
}

/** How many files and sockets this process has open. Deno lets nobody but `ls` look, short of every permission. */
async function openHandles(): Promise<number> {
  const listing = await new Deno.Command("ls", { args: [`/proc/${Deno.pid}/fd`] }).output();
  assert.ok(listing.success);
  return new TextDecoder().decode(listing.stdout).trim().split("\n").length;
}
