import assert from "node:assert/strict";
import { azurite } from "#pipeline/store/azurite.ts";
import { blobStore, openContainer } from "#pipeline/store/blob.ts";
import { storeContract } from "#tests/contracts/store.ts";
import { temporaryFolder } from "#scripts/files.ts";

async function startAzurite() {
  await using started = new AsyncDisposableStack();
  const { path } = started.use(await temporaryFolder());
  const server = started.use(await azurite({ port: 0, folder: path }));
  const kept = started.move();
  return { ...server, folder: path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

storeContract("blobStore() on Azurite", async () => {
  const server = await startAzurite();
  const store = blobStore(await openContainer(server, "ticks"));
  return { store, [Symbol.asyncDispose]: server[Symbol.asyncDispose] };
});

Deno.test("blobStore() keeps metadata and a content type with the blob", async () => {
  await using server = await startAzurite();
  const container = await openContainer(server, "ticks");
  await blobStore(container).put("a", new TextEncoder().encode("{}\n"), { lines: "1", bytes: "3" });
  const { metadata, contentType } = await container.getBlobClient("a").getProperties();
  assert.deepEqual({ ...metadata }, { lines: "1", bytes: "3" });
  assert.equal(contentType, "application/x-ndjson");
});

Deno.test("azurite() keeps blobs over a restart", async () => {
  await using folder = await temporaryFolder();
  {
    await using server = await azurite({ port: 0, folder: folder.path });
    await blobStore(await openContainer(server, "ticks")).put("a", new Uint8Array([1]), {});
  }
  await using server = await azurite({ port: 0, folder: folder.path });
  assert.deepEqual(await blobStore(await openContainer(server, "ticks")).get("a"), new Uint8Array([1]));
});

Deno.test("azurite() refuses a port in use", async () => {
  await using server = await startAzurite();
  await assert.rejects(azurite({ port: server.port, folder: server.folder }), Deno.errors.AddrInUse);
});

Deno.test("openContainer() says what is wrong, and what to do, without a key", async () => {
  await using server = await startAzurite();
  const key = /AccountKey=([^;]+)/.exec(server.connectionString)![1]!;
  const wrong = server.connectionString.replace(key, btoa("wrong"));
  const cases: [string, RegExp][] = [
    ["nonsense", /STORAGE_CONNECTION_STRING is not one/],
    [wrong, /refuses the credentials \(AuthorizationFailure\): check the key/],
    [
      server.connectionString.replaceAll(`:${server.port}`, ":1"),
      /nothing listens there: start it with `deno task local`/,
    ],
  ];
  for (const [connectionString, message] of cases) {
    await assert.rejects(openContainer({ connectionString }, "ticks"), (error: Error) => {
      assert.match(error.message, message);
      assert(!error.message.includes(key) && !error.message.includes(btoa("wrong")));
      return true;
    });
  }
});
