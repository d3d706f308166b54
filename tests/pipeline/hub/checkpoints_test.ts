import assert from "node:assert/strict";
import { blobCheckpoints, type ContainerClientLike } from "#pipeline/hub/checkpoints.ts";

/** A container with one owner, whose record was written 30 s ago by the store's own clock. */
function container(storeNow: Date): ContainerClientLike {
  const lastModified = new Date(storeNow.getTime() - 30_000);
  const item = {
    name: "g/ns/hub/group/ownership/0",
    metadata: { ownerid: "someone" },
    properties: { lastModified },
  };
  return {
    getBlobClient: () => assert.fail("nothing is asked for"),
    listBlobsFlat: () => ({
      async *byPage() {
        yield { date: storeNow, segment: { blobItems: [item] } };
      },
    }),
  } as unknown as ContainerClientLike;
}

Deno.test("blobCheckpoints() tells an owner's silence by the store's clock, however wrong ours is", async () => {
  for (const offMs of [-120_000, 0, 120_000]) {
    const store = blobCheckpoints(container(new Date(Date.now() + offMs)), "g");
    const [owner] = await store.listOwnership("ns", "hub", "group");
    const silenceMs = Date.now() - owner!.lastModifiedTimeInMs!;
    assert(Math.abs(silenceMs - 30_000) < 1_000, `${silenceMs} ms with a clock that is ${offMs} ms off`);
  }
});
