import { BlobCheckpointStore, type ContainerClientLike } from "@azure/eventhubs-checkpointstore-blob";

export type { ContainerClientLike };

/** What the SDK's clients take as their checkpoint store. */
type Checkpoints = Pick<
  BlobCheckpointStore,
  "listOwnership" | "claimOwnership" | "listCheckpoints" | "updateCheckpoint"
>;

/** The SDK itself would wait for an answer for ever. */
const answerMs = 15_000;

/**
 * Checkpoints and partition owners in a container, under the hub's generation: a hub made anew starts without any,
 * instead of skipping what an old offset happens to lie beyond.
 *
 * How long ago an owner gave a sign of life is told by the store's clock alone: a machine whose own clock is minutes off
 * would take partitions from the living, or leave those of the dead alone.
 */
export function blobCheckpoints(container: ContainerClientLike, generation: string): Checkpoints {
  let storeNow = new Date();
  const store = new BlobCheckpointStore({
    getBlobClient: (name) => container.getBlobClient(`${generation}/${name}`),
    async *listBlobsFlat(options?: Parameters<ContainerClientLike["listBlobsFlat"]>[0]) {
      const prefix = `${generation}/${options?.prefix ?? ""}`;
      for await (const page of container.listBlobsFlat({ ...options, prefix }).byPage()) {
        storeNow = (page as { readonly date?: Date }).date ?? new Date();
        yield* page.segment.blobItems;
      }
    },
    // The SDK's store goes through the blobs, and asks for pages never.
  } as Pick<ContainerClientLike, "getBlobClient"> as ContainerClientLike);
  return {
    async listOwnership(namespace, hub, group) {
      const owners = await answered((abortSignal) =>
        store.listOwnership(namespace, hub, group, { abortSignal })
      );
      // The SDK compares with this machine's clock.
      const aheadMs = Date.now() - storeNow.getTime();
      return owners.map((owner) => ({
        ...owner,
        lastModifiedTimeInMs: (owner.lastModifiedTimeInMs ?? 0) + aheadMs,
      }));
    },
    claimOwnership: (owners) => answered((abortSignal) => store.claimOwnership(owners, { abortSignal })),
    listCheckpoints: (namespace, hub, group) =>
      answered((abortSignal) => store.listCheckpoints(namespace, hub, group, { abortSignal })),
    updateCheckpoint: (checkpoint) =>
      answered((abortSignal) => store.updateCheckpoint(checkpoint, { abortSignal })),
  };
}

/** Gives up on a request that nobody answers. */
async function answered<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), answerMs);
  try {
    return await ask(late.signal);
  } finally {
    clearTimeout(timer);
  }
}
