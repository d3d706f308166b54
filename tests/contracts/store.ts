import assert from "node:assert/strict";
import type { BlobInfo, Store } from "#pipeline/store/store.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** What every store promises; `open` makes an empty one. */
export function storeContract(name: string, open: () => Promise<{ store: Store } & AsyncDisposable>): void {
  const promise = (title: string, check: (store: Store) => Promise<void>) =>
    Deno.test(`${name} ${title}`, async () => {
      await using opened = await open();
      await check(opened.store);
    });

  promise("gives back what was put", async (store) => {
    assert.equal(await store.put("ticks/date=2026-05-01/a.ndjson", bytes("ä\n"), { lines: "1" }), "created");
    assert.deepEqual(await store.get("ticks/date=2026-05-01/a.ndjson"), bytes("ä\n"));
  });

  promise("keeps what is there when the name is put again, and calls it success", async (store) => {
    await store.put("a", bytes("first"), {});
    assert.equal(await store.put("a", bytes("second"), {}), "exists");
    assert.deepEqual(await store.get("a"), bytes("first"));
  });

  promise("creates a name once, whoever else puts it at the same time", async (store) => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => store.put("same", bytes("same bytes"), {})),
    );
    assert.equal(outcomes.length, 8);
    assert.deepEqual(await store.get("same"), bytes("same bytes"));
    assert.equal((await Array.fromAsync(store.list(""))).length, 1);
  });

  promise("lists by prefix, in the order of names, with sizes", async (store) => {
    for (const blob of ["b/2", "b/10", "a/1", "c", "bb"]) await store.put(blob, bytes(blob), {});
    const listed = await Array.fromAsync(store.list(""), ({ name, sizeBytes }) => ({ name, sizeBytes }));
    assert.deepEqual(listed, [
      { name: "a/1", sizeBytes: 3 },
      { name: "b/10", sizeBytes: 4 },
      { name: "b/2", sizeBytes: 3 },
      { name: "bb", sizeBytes: 2 },
      { name: "c", sizeBytes: 1 },
    ]);
    assert.deepEqual((await Array.fromAsync(store.list("b/"))).map((blob) => blob.name), ["b/10", "b/2"]);
    assert.deepEqual(await Array.fromAsync(store.list("none")), []);
  });

  promise("lists metadata with the blobs, or says that it keeps none", async (store) => {
    await store.put("a", bytes("{}\n"), { lines: "1", bytes: "3" });
    const [{ metadata }] = await Array.fromAsync(store.list("")) as [BlobInfo];
    assert(metadata === null || (metadata.lines === "1" && metadata.bytes === "3"));
  });

  promise("holds empty and large blobs", async (store) => {
    const large = new Uint8Array(5_000_000).map((_, index) => index % 251);
    await store.put("empty", new Uint8Array(), {});
    await store.put("large", large, {});
    assert.deepEqual(await store.get("empty"), new Uint8Array());
    assert.deepEqual(await store.get("large"), large);
  });

  promise("throws for a blob that isn't there", async (store) => {
    await assert.rejects(store.get("none"));
  });
}
