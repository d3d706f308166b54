import { createHash } from "node:crypto";
import type { Store } from "#pipeline/store/store.ts";
import { type Handler, jsonReply, textReply } from "./http.ts";
import { parseResultName, type ResultFormat, resultName } from "./results.ts";

/** A result never changes once it is stored. */
const forGood = "public, max-age=31536000, immutable";

/** What is the latest may change with the next run. */
const forAMinute = "public, max-age=60";
const minuteMs = 60_000;

const contentTypes = { csv: "text/csv; charset=utf-8", json: "application/json" } as const;

const path = /^\/results(?:\/([a-z][a-z0-9_]*)(?:\/([0-9TZ-]+|latest)\.(csv|json))?)?$/;

/**
 * Answers `/healthz` and, from the store, what the jobs left there: `/results` (the names of the analyses),
 * `/results/NAME` (the times that there are), `/results/NAME/TIME.csv` or `.json`, and `/results/NAME/latest.csv` or
 * `.json`. The store is opened at the first question for it. Every other path, and every other analysis, is 404.
 */
export function resultsHandler(
  analyses: readonly string[],
  openStore: () => Promise<Store>,
  now: () => number = Date.now,
): Handler {
  let opened: Promise<Store> | undefined;
  const store = () =>
    opened ??= openStore().catch((error) => {
      opened = undefined;
      throw error;
    });
  const times = remembered(async (analysis) => {
    const names = await Array.fromAsync((await store()).list(`results/${analysis}/`), ({ name }) => name);
    return [...new Set(names.flatMap((name) => parseResultName(name)?.time ?? []))];
  }, now);

  return async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/healthz") return jsonReply({ status: "ok" });
    const match = path.exec(pathname);
    if (match === null) return nothing();
    const [, analysis, named, extension] = match;
    if (analysis === undefined) return tagged(request, encode({ analyses }), "json", forAMinute);
    if (!analyses.includes(analysis)) return nothing();
    const stored = await times(analysis);
    if (named === undefined) return tagged(request, encode({ analysis, times: stored }), "json", forAMinute);
    const time = named === "latest" ? stored.at(-1) : named;
    if (time === undefined || !stored.includes(time)) return nothing();
    const format = extension as ResultFormat;
    const bytes = await (await store()).get(resultName({ analysis, time, format }));
    return tagged(request, bytes, format, named === "latest" ? forAMinute : forGood);
  };
}

/** Bytes with their hash as ETag; 304 for those who have them already. */
function tagged(request: Request, bytes: Uint8Array, format: ResultFormat, caching: string): Response {
  const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`;
  const headers = { etag, "cache-control": caching, "content-type": contentTypes[format] };
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  if (known.some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { ...headers, "content-length": String(bytes.length) },
  });
}

/** Asks for a name once a minute at most, so that a crowd of readers is one to the store. */
function remembered<T>(ask: (name: string) => Promise<T>, now: () => number): (name: string) => Promise<T> {
  const answers = new Map<string, { readonly untilMs: number; readonly answer: Promise<T> }>();
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined && now() < known.untilMs) return known.answer;
    const answer = ask(name);
    answers.set(name, { untilMs: now() + minuteMs, answer });
    answer.catch(() => answers.delete(name));
    return answer;
  };
}

const encode = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`);
const nothing = () => textReply("nothing here: try /results", 404);
