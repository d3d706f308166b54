/** Run as a process of its own: an emulator on a folder, whose port is the first line of its output. */
import { startEmulator } from "#emulator/emulator.ts";

const [data, retentionBytes] = Deno.args;
const emulator = await startEmulator({
  hubs: [{ name: "prices", partitions: 2 }],
  ...(data === undefined ? {} : { data, retentionBytes: Number(retentionBytes) }),
});
console.log(emulator.port);
