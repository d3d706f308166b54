import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openStore } from "#scripts/open.ts";
import { resultName } from "#scripts/results.ts";
import { quietSchedules, type RunningTask, stackForTasks, startScript, type TaskSettings } from "./tasks.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Starts main.ts as Deno Deploy does, but with the permissions of the task cron; returns its port too. */
async function startMain({ cwd, env }: TaskSettings): Promise<RunningTask & { readonly port: number }> {
  const settings = {
    cwd,
    env: { ...env, ...quietSchedules, DENO_SERVE_ADDRESS: "tcp:127.0.0.1:0", HTTP_HOSTS: "ours.example" },
  };
  const task = startScript(["run", "-P=cron", "--no-prompt"], main, [], settings);
  const [, port] = /"event":"http".*"port":(\d+)/.exec(await task.logged(/"event":"http".*\n/))!;
  return { ...task, port: Number(port) };
}

/** Sends a request line and headers as they are: fetch would mend them. Returns the reply's head and body. */
async function raw(
  port: number,
  ...lines: string[]
): Promise<{ status: number; head: string; body: string }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = [...lines, "Connection: close", "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  const reply = await new Response(connection.readable).text();
  const [head = "", body = ""] = reply.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head, body };
}

Deno.test("main.ts serves stored results to read, and nothing else", async (t) => {
  await using stack = await stackForTasks();
  const store = await openStore(stack.config);
  const put = (analysis: string, time: string, format: "csv" | "json", text: string) =>
    store.put(resultName({ analysis, time, format }), new TextEncoder().encode(text), {});
  await put("zscore", "2026-05-01T11-00Z", "csv", "old\n");
  await put("zscore", "2026-05-01T12-00Z", "csv", "new\n");
  await put("zscore", "2026-05-01T12-00Z", "json", "{}\n");
  await put("hidden", "2026-05-01T12-00Z", "csv", "secret\n");
  await store.put("ticks/secret.ndjson", new TextEncoder().encode("secret\n"), {});
  const task = await startMain(stack.settings);
  const base = `http://127.0.0.1:${task.port}`;

  await t.step("a result has its type, may be kept for good, and has an ETag", async () => {
    const reply = await fetch(`${base}/results/zscore/2026-05-01T11-00Z.csv`);
    assert.equal(reply.status, 200);
    assert.equal(await reply.text(), "old\n");
    assert.equal(reply.headers.get("content-type"), "text/csv; charset=utf-8");
    assert.match(reply.headers.get("cache-control")!, /immutable/);
    assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
    assert.match(reply.headers.get("content-security-policy")!, /default-src 'none'/);
    assert.equal(reply.headers.get("access-control-allow-origin"), null);
    const etag = reply.headers.get("etag")!;
    const again = await fetch(reply.url, { headers: { "if-none-match": `"other", ${etag}` } });
    assert.deepEqual([again.status, await again.text()], [304, ""]);
    const other = await fetch(reply.url, { headers: { "if-none-match": '"other"' } });
    assert.deepEqual([other.status, await other.text()], [200, "old\n"]);
  });

  await t.step("the latest may change, so it is kept for a minute", async () => {
    const reply = await fetch(`${base}/results/zscore/latest.csv`);
    assert.deepEqual([await reply.text(), reply.headers.get("cache-control")], [
      "new\n",
      "public, max-age=60",
    ]);
  });

  await t.step("names and times are listed", async () => {
    const { analyses } = await (await fetch(`${base}/results`)).json();
    assert(analyses.includes("zscore") && analyses.includes("daily_summary"));
    assert.deepEqual(await (await fetch(`${base}/results/zscore`)).json(), {
      analysis: "zscore",
      times: ["2026-05-01T11-00Z", "2026-05-01T12-00Z"],
    });
    assert.deepEqual(await (await fetch(`${base}/healthz`)).json(), { status: "ok" });
  });

  await t.step("HEAD has no body", async () => {
    const { status, body } = await raw(
      task.port,
      "HEAD /results/zscore/latest.csv HTTP/1.1",
      "Host: localhost",
    );
    assert.deepEqual([status, body], [200, ""]);
  });

  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]) {
    await t.step(`${method} is refused`, async () => {
      const { status, head } = await raw(task.port, `${method} /results HTTP/1.1`, "Host: localhost");
      assert.equal(status, 405);
      assert.match(head, /^allow: GET, HEAD$/im);
    });
  }

  for (
    const host of [
      "evil.example",
      "localhost.evil.example",
      "ours.example.evil",
      "169.254.169.254",
      "10.0.0.1",
    ]
  ) {
    await t.step(`the host ${host} is refused`, async () => {
      const { status, body } = await raw(task.port, "GET /results HTTP/1.1", `Host: ${host}`);
      assert.equal(status, 403);
      assert(!body.includes("zscore"));
    });
  }

  for (const host of ["localhost", "127.0.0.1:1", "ours.example", "OURS.example:443"]) {
    await t.step(`the host ${host} is served`, async () => {
      assert.equal((await raw(task.port, "GET /results HTTP/1.1", `Host: ${host}`)).status, 200);
    });
  }

  const tricks = [
    "/results/../ticks/secret.ndjson",
    "/results/%2e%2e/ticks/secret.ndjson",
    "/results/zscore/../../ticks/secret.ndjson",
    "/results/zscore/..%2f..%2fticks%2fsecret.csv",
    "/results/zscore/%2e%2e%5cticks.csv",
    "/results//zscore/latest.csv",
    "/results/zscore/latest.csv/",
    "/results/zscore/latest.ndjson",
    "/results/zscore/latest.csv%00.json",
    "/results/zscore/2026-05-01T13-00Z.csv",
    "/results/hidden/latest.csv",
    "/results/__proto__/latest.csv",
    "/results/constructor",
    "/ticks/secret.ndjson",
    "/.env",
    "/",
  ];
  for (const path of tricks) {
    await t.step(`${path} is not found`, async () => {
      const { status, body } = await raw(task.port, `GET ${path} HTTP/1.1`, "Host: localhost");
      assert.equal(status, 404);
      assert(!body.includes("secret"));
    });
  }

  await t.step("it ends soon after SIGINT", async () => {
    const started = performance.now();
    task.kill("SIGINT");
    const { code, stderr } = await task.ended;
    assert.equal(code, 0, stderr);
    assert(performance.now() - started < 5_000);
  });
});

Deno.test("main.ts says that results are not to be had while the store is away, and not why", async () => {
  await using stack = await stackForTasks();
  const env = {
    ...stack.settings.env,
    STORAGE_CONNECTION_STRING:
      "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=Y2FuYXJ5;BlobEndpoint=http://127.0.0.1:1/a;",
  };
  const task = await startMain({ ...stack.settings, env });
  const reply = await fetch(`http://127.0.0.1:${task.port}/results/zscore`);
  assert.deepEqual([reply.status, await reply.text()], [503, "not to be had at present\n"]);
  const health = await fetch(`http://127.0.0.1:${task.port}/healthz`);
  assert.deepEqual(await health.json(), { status: "ok" });
  task.kill("SIGINT");
  const { stderr } = await task.ended;
  assert.match(
    stderr,
    /"event":"http\.failed","reason":"Storage at http:\/\/127\.0\.0\.1:1: nothing listens there/,
  );
  assert(!stderr.includes("Y2FuYXJ5"));
});
