/**
 * The emulator as a process of its own, on the folder that is its first argument (in memory without one) and the fsync
 * policy that is its second; the first line of its output is its port.
 */
import { startEmulator } from "#emulator/emulator.ts";

const [data, fsync] = Deno.args;
const emulator = await startEmulator({
  hubs: [{ name: "bench", partitions: 4 }],
  ...(data ? { data } : {}),
  ...(fsync === "none" || fsync === "batch" ? { fsync } : {}),
});
console.log(emulator.port);
