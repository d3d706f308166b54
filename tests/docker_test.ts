import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import project from "#project" with { type: "json" };
import { temporaryFolder } from "#scripts/files.ts";
import { quietSchedules, stackForTasks, startTask } from "./tasks.ts";

// No Docker engine runs where this project is built: the image's lines are executed in a bare folder instead, on this
// machine's own Deno and package cache. What this can't show: the base image, its user and its entry point.
const root = fileURLToPath(new URL("../", import.meta.url));
const windows = Deno.build.os === "windows";

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The Dockerfile's instructions, without comments, continued lines joined. */
async function instructions(): Promise<Instruction[]> {
  const text = await Deno.readTextFile(join(root, "Dockerfile"));
  return text.replace(/^#.*\n/gm, "").replaceAll("\\\n", " ").split("\n").filter(Boolean).map((line) => {
    const [, name, rest] = /^([A-Z]+) +(.+)$/.exec(line)!;
    return { name: name!, text: rest! };
  });
}

/** Words in JSON, as `CMD` has them. */
function wordsOf(text: string): string[] {
  return JSON.parse(text.slice(text.indexOf("[")));
}

/** What `.dockerignore` lets in: it denies all, and then names files and folders of the top level. */
async function allowed(): Promise<string[]> {
  const text = await Deno.readTextFile(join(root, ".dockerignore"));
  const [first, ...rest] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.equal(first, "*");
  assert(rest.every((line) => /^![\w.]+$/.test(line)));
  return rest.map((line) => line.slice(1));
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** Runs a command line to its end, with nothing of this process's environment but the path and Deno's cache. */
async function run(words: readonly string[], cwd: string, env: Record<string, string> = {}) {
  const kept = ["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const PATH = `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
  const child = new Deno.Command(words[0]!, {
    args: words.slice(1),
    cwd,
    clearEnv: true,
    env: { ...Object.fromEntries(kept), PATH, NO_COLOR: "1", ...env },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  });
  const { code, stdout, stderr } = await child.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Builds as Docker would, but in a folder of its own. */
async function build(folder: string): Promise<void> {
  for (const { name, text } of await instructions()) {
    if (name === "COPY") {
      const [source, ...more] = text.split(" ");
      const names = source === "." ? await allowed() : [source!, ...more.slice(0, -1)];
      for (const name of names) await copy(join(root, name), join(folder, name));
    }
    if (name === "RUN") {
      const { code, stderr } = await run(["sh", "-c", text], folder);
      assert.equal(code, 0, `RUN ${text}: ${stderr}`);
    }
  }
}

Deno.test({
  name: "every RUN line of the Dockerfile works in a bare folder, and what it makes runs every task",
  ignore: windows,
  async fn() {
    await using folder = await temporaryFolder();
    await build(folder.path);
    const tasks = Object.entries(project.tasks).filter(([, { command }]) => command.includes(" scripts/"));
    for (const [task, { command }] of tasks) {
      const { code, stderr } = await run(["deno", "task", "-q", task, "--help"], folder.path);
      assert.equal(code, 0, `${task}: ${stderr}`);
      // What is imported only where it is used must be in the image too.
      const { stdout } = await run(["deno", "info", "--json", command.split(" ").at(-1)!], folder.path);
      const missing = JSON.parse(stdout).modules.filter(({ error }: { error?: string }) =>
        error !== undefined
      );
      assert.deepEqual(missing, [], task);
    }
  },
});

Deno.test({
  name: "the image's command answers its health check, and ends on SIGTERM",
  ignore: windows,
  async fn() {
    await using stack = await stackForTasks();
    const all = await instructions();
    const [verb, ...words] = wordsOf(all.find(({ name }) => name === "CMD")!.text).slice(1);
    assert.deepEqual([verb, words.shift(), words.shift()], ["task", "-q", "cron"]);
    const port = words.at(-1)!;
    const probe = wordsOf(all.find(({ name }) => name === "HEALTHCHECK")!.text);
    assert(probe.at(-1)!.includes(`:${port}/`), "the health check asks the port that the command serves");
    const free = words.with(-1, "0");
    const { cwd, env } = stack.settings;
    const task = startTask("cron", free, { cwd, env: { ...env, ...quietSchedules } });
    const [, url] = /"url":"([^"]+)"/.exec(await task.logged(/"event":"cron".*\n/))!;
    const healthy = await run(probe.with(-1, `${url}/healthz`), root);
    assert.equal(healthy.code, 0, healthy.stdout);
    task.kill("SIGTERM");
    assert.equal((await task.ended).code, 0);
    assert.equal((await run(probe.with(-1, `${url}/healthz`), root)).code, 1);
  },
});

Deno.test({
  name: "deno task hands SIGTERM on to what it runs, so that a container ends in good order",
  ignore: windows,
  async fn() {
    await using stack = await stackForTasks();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "-q", "cron"],
      cwd: root,
      env: { ...stack.settings.env, ...quietSchedules },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let log = "";
    for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
      if (!log.includes('"event":"cron"') && (log + part).includes('"event":"cron"')) child.kill("SIGTERM");
      log += part;
    }
    assert.equal((await child.status).code, 0, log);
  },
});

Deno.test("the image holds what runs, and no secrets, tests or documents", async () => {
  const names = await allowed();
  for (const name of [".env", ".git", "tests", "docs", "node_modules", "out", ".local"]) {
    assert(!names.includes(name), name);
  }
  for (const name of names) await Deno.stat(join(root, name));
});

Deno.test("the Dockerfile pins its base, gives up root before anything is fetched, and runs as deno", async () => {
  const all = await instructions();
  assert.match(all[0]!.text, /^denoland\/deno:\d+\.\d+\.\d+$/);
  const names = all.map(({ name, text }) => `${name} ${text}`);
  assert(names.indexOf("USER deno") < names.findIndex((line) => line.startsWith("RUN deno ")));
  assert.equal(names.filter((line) => line.startsWith("USER ")).length, 1);
  assert(!names.some((line) => /^ADD |curl |wget /.test(line)));
});

Deno.test("compose.yaml runs every service read-only, without capabilities, and by a task that there is", async () => {
  const text = await Deno.readTextFile(join(root, "compose.yaml"));
  const { services, volumes } = parse(text, { merge: true });
  assert.deepEqual(Object.keys(services), ["local", "stream", "receive", "cron"]);
  for (const [name, service] of Object.entries<Record<string, unknown>>(services)) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ["ALL"], name);
    assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    assert.equal(service.privileged ?? service.user ?? service.cap_add, undefined, name);
    const [deno, verb, quiet, task] = service.command as string[];
    assert.deepEqual([deno, verb, quiet, task], ["deno", "task", "-q", name]);
    assert(task! in project.tasks, `${task} is no task`);
    for (const volume of service.volumes as string[] ?? []) assert(volume.split(":")[0]! in volumes, volume);
  }
});
