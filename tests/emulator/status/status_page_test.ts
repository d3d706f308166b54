import assert from "node:assert/strict";
import { earliestEventPosition } from "@azure/event-hubs";
import { startEmulator } from "#emulator/emulator.ts";
import { consumerOf, producerOf, readEvents } from "#tests/emulator/clients.ts";

const OPTIONS = { hubs: [{ name: "prices", partitions: 2 }], statusPort: 0 };
const NASTY = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `'&amp;</code>`,
  "\u202e<b>",
  "{{7*7}}",
];

Deno.test("the status page shows partitions, readers, their lag, and events", async () => {
  await using emulator = await startEmulator(OPTIONS);
  await using producer = producerOf(emulator);
  await using consumer = consumerOf(emulator);
  await producer.sendBatch([{ body: { price: 42 }, properties: { source: "test" } }], {
    partitionKey: "BTC-USD",
  });
  const id = (await Promise.all(["0", "1"].map((id) => producer.getPartitionProperties(id))))
    .find(({ isEmpty }) => !isEmpty)!.partitionId;
  const overview = Promise.withResolvers<string>();
  const subscription = consumer.subscribe(id, {
    async processEvents() {
      overview.resolve(await (await fetch(emulator.statusUrl!)).text());
    },
    processError: (error) => Promise.resolve(overview.reject(error)),
  }, { startPosition: earliestEventPosition, ownerLevel: 3 });
  assert.match(await overview.promise, /prices[\s\S]*\$default: .*, owner level 3, lag 0/);
  await subscription.close();
  const { hubs } = await (await fetch(`${emulator.statusUrl}status.json`)).json();
  assert.equal(hubs[0].partitions[Number(id)].nextSequenceNumber, 1);
  const events = await (await fetch(`${emulator.statusUrl}events?hub=prices&partition=${id}&from=0`)).text();
  for (const shown of ["BTC-USD", "{&quot;price&quot;:42}", "{&quot;source&quot;:&quot;test&quot;}"]) {
    assert.ok(events.includes(shown), shown);
  }
});

Deno.test("nothing that a client sends gets onto the page unescaped", async () => {
  await using emulator = await startEmulator({
    ...OPTIONS,
    hubs: [{ name: "prices", partitions: 1, consumerGroups: "*" }],
  });
  await using producer = producerOf(emulator);
  for (const text of NASTY) {
    await producer.sendBatch([{ body: text, properties: { [text]: text } }], { partitionKey: text });
    await using consumer = consumerOf(emulator, { group: encodeURIComponent(text) });
    await readEvents(consumer, 1, { from: earliestEventPosition, partition: "0" });
  }
  for (const path of ["", "events?hub=prices&partition=0&from=0", "events?hub=<script>&partition=0"]) {
    const response = await fetch(`${emulator.statusUrl}${path}`);
    const body = await response.text();
    const csp = response.headers.get("content-security-policy")!;
    assert.match(csp, /default-src 'none'/);
    assert.doesNotMatch(csp, /unsafe|script-src/);
    assert.doesNotMatch(body, /<script|<img|onerror=alert\(1\)>(?!&)|<b>/);
  }
});

Deno.test("the page answers only to this machine's own names, and only GET", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const { port } = new URL(emulator.statusUrl!);
  assert.match(await rawRequest(port, "GET / HTTP/1.1\r\nHost: evil.example"), /^HTTP\/1.1 403/);
  assert.match(await rawRequest(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example"), /^HTTP\/1.1 403/);
  assert.match(await rawRequest(port, `GET / HTTP/1.1\r\nHost: localhost:${port}`), /^HTTP\/1.1 200/);
  const post = await fetch(emulator.statusUrl!, { method: "POST" });
  assert.equal(post.status, 405);
  await post.body?.cancel();
});

Deno.test("startEmulator() refuses a status port in use, and frees its own port", async () => {
  await using emulator = await startEmulator(OPTIONS);
  const statusPort = Number(new URL(emulator.statusUrl!).port);
  await assert.rejects(
    startEmulator({ ...OPTIONS, statusPort }),
    new RegExp(`Port ${statusPort}.*another status port`),
  );
});

/** The answer to a request whose Host header is not the one `fetch` would set. */
async function rawRequest(port: string, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
  await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}
