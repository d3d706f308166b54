import assert from "node:assert/strict";
import { blobCheckpoints, type ContainerClientLike } from "#pipeline/hub/checkpoints.ts";

/** A container that lists one owner, whose record was last written at a time of the store's own clock. */
function container(record: { etag: string; lastModified: Date }): ContainerClientLike {
  return {
    getBlobClient: () => assert.fail("nothing is asked for"),
    async *listBlobsFlat() {
      yield { name: "g/ns/hub/group/ownership/0", metadata: { ownerid: "someone" }, properties: record };
    },
  } as unknown as ContainerClientLike;
}

Deno.test("blobCheckpoints() counts an owner's silence from what it saw itself, however wrong a clock is", async () => {
  const record = { etag: "1", lastModified: new Date(0) };
  const store = blobCheckpoints(container(record), "g");
  const silenceMs = async () => {
    const [owner] = await store.listOwnership("ns", "hub", "group");
    return Date.now() - owner!.lastModifiedTimeInMs!;
  };
  for (const offMs of [-120_000, 120_000]) {
    record.lastModified = new Date(Date.now() + offMs);
    record.etag = `${offMs}`;
    const first = await silenceMs();
    assert(first < 1_000, `${first} ms at first sight`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const later = await silenceMs();
    assert(later >= 25 && later < 2_000, `${later} ms when nothing changed for 30`);
  }
});
