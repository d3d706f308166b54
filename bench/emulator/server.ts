/** A server process under measurement. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** CPU seconds used so far, and memory now, as the kernel has it (Linux only). */
  usage(): { readonly cpuSeconds: number; readonly rssBytes: number };
}

/** Kernel clock ticks a second: `sysconf(_SC_CLK_TCK)`, 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Starts a script of this folder that prints its port. */
export async function startServer(script: string, args: readonly string[]): Promise<ServerProcess> {
  const path = new URL(script, import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", path, ...args],
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const port = Number((await lines.read()).value);
  return {
    port,
    usage() {
      // Fields 14, 15 (user and system ticks) and 24 (resident pages) of proc(5), counted after the command's name.
      // Deno lets nobody but `cat` read that, short of every permission.
      const { stdout } = new Deno.Command("cat", { args: [`/proc/${child.pid}/stat`] }).outputSync();
      const fields = new TextDecoder().decode(stdout).split(") ")[1]!.split(" ").map(Number);
      return {
        cpuSeconds: (fields[11]! + fields[12]!) / TICKS_PER_SECOND,
        rssBytes: fields[21]! * PAGE_BYTES,
      };
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await lines.cancel();
      await child.status;
    },
  };
}
