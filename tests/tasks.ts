import { fileURLToPath } from "node:url";
import project from "#project" with { type: "json" };
import { temporaryFolder } from "#scripts/files.ts";
import { type LocalStack, localStack } from "#scripts/local_stack.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

/** How a task ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A task that is running as a process of its own. */
export interface RunningTask {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has printed, as soon as that matches. */
  printed(pattern: RegExp): Promise<string>;
  /** The same of what it has logged. */
  logged(pattern: RegExp): Promise<string>;
  kill(signal: Deno.Signal): void;
}

/** What a task is run with. */
export interface TaskSettings {
  /** Working folder: one without an `.env`, unless the test wants it there. */
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** Starts the command of a task of `deno.json`, permissions and all, as the very process that a signal will reach. */
export function startTask(
  name: keyof typeof project.tasks,
  args: readonly string[],
  settings: TaskSettings,
): RunningTask {
  const [, ...words] = project.tasks[name].command.split(" ");
  const script = words.pop()!;
  return startScript(words, `${root}${script}`, args, settings);
}

/** Starts a script of the project with Deno's own words before it, such as `run -P=cron`. */
export function startScript(
  [verb, ...words]: readonly string[],
  script: string,
  args: readonly string[],
  settings: TaskSettings,
): RunningTask {
  const child = new Deno.Command(Deno.execPath(), {
    args: [verb!, "-q", `--config=${root}deno.json`, ...words, script, ...args],
    cwd: settings.cwd,
    env: { NO_COLOR: "1", ...settings.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = readAlong(child.stdout);
  const stderr = readAlong(child.stderr);
  const ended = Promise.all([child.status, stdout.whole, stderr.whole])
    .then(([{ code }, stdout, stderr]) => ({ code, stdout, stderr }));
  return {
    pid: child.pid,
    ended,
    kill: (signal) => child.kill(signal),
    printed: stdout.matches,
    logged: stderr.matches,
  };
}

/** Reads a stream of text to its end, and tells of what it has so far. */
function readAlong(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  let more = Promise.withResolvers<void>();
  const whole = (async () => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      more.resolve();
      more = Promise.withResolvers<void>();
    }
    more.resolve();
    return text;
  })();
  return {
    whole,
    async matches(pattern: RegExp): Promise<string> {
      while (!pattern.test(text)) {
        const over = await Promise.race([more.promise, whole.then(() => true)]);
        if (over && !pattern.test(text)) throw new Error(`The task ended without ${pattern}: ${text}`);
      }
      return text;
    },
  };
}

/** Runs a task to its end. */
export function runTask(
  name: keyof typeof project.tasks,
  args: readonly string[],
  settings: TaskSettings,
): Promise<Ended> {
  return startTask(name, args, settings).ended;
}

/** A local stack on free ports, and a folder whose tasks use it. */
export async function stackForTasks(): Promise<LocalStack & { readonly settings: TaskSettings }> {
  await using started = new AsyncDisposableStack();
  const { path } = started.use(await temporaryFolder());
  const stack = started.use(
    await localStack({ hubPort: 0, blobPort: 0, folder: path, emulator: { hubs: [{ name: "ticks" }] } }),
  );
  const kept = started.move();
  const env = {
    EVENT_HUB_CONNECTION_STRING: stack.hubConnectionString,
    EVENT_HUB_NAME: "ticks",
    STORAGE_CONNECTION_STRING: stack.storageConnectionString,
  };
  return { ...stack, settings: { cwd: path, env }, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Schedules that don't come up while a test runs: no job is to ask the world for a price. */
export const quietSchedules = {
  CRON_POLL: "off",
  CRON_DRAIN: "off",
  CRON_ANALYZE: "0 0 1 1 *",
  CRON_SUMMARY: "off",
};

/** The rows of a CSV that has no quotes in it, by column name. */
export function csvRows(csv: string): Record<string, string>[] {
  const [header, ...lines] = csv.trimEnd().split("\n").map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(header!.map((name, index) => [name, cells[index]!])));
}
