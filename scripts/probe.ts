// A container's health check: whether the URL answers well. Exits with 0 or 1, as Docker wants it.
const [url] = Deno.args;
try {
  const reply = await fetch(url!, { signal: AbortSignal.timeout(4_000) });
  console.log(reply.status, (await reply.text()).slice(0, 200));
  Deno.exit(reply.ok ? 0 : 1);
} catch (error) {
  console.log((error as Error).message);
  Deno.exit(1);
}
