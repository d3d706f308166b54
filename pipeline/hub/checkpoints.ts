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
 * An owner's sign of life is that its record changes. How long ago that was is counted by our own steady clock from
 * when we saw it, never by comparing the store's clock with ours: a machine whose clock is minutes off would take
 * partitions from the living, or leave those of the dead alone.
 */
export function blobCheckpoints(container: ContainerClientLike, generation: string): Checkpoints {
  const store = new BlobCheckpointStore({
    getBlobClient: (name) => container.getBlobClient(`${generation}/${name}`),
    listBlobsFlat: (options) =>
      container.listBlobsFlat({ ...options, prefix: `${generation}/${options?.prefix ?? ""}` }),
  });
  const seen = new Map<string, { readonly etag: string | undefined; readonly atMs: number }>();
  const ageMs = (partitionId: string, etag: string | undefined) => {
    const before = seen.get(partitionId);
    const atMs = before?.etag === etag && before !== undefined ? before.atMs : performance.now();
    seen.set(partitionId, { etag, atMs });
    return performance.now() - atMs;
  };
  return {
    async listOwnership(namespace, hub, group) {
      const owners = await answered((abortSignal) =>
        store.listOwnership(namespace, hub, group, { abortSignal })
      );
      return owners.map((owner) => {
        const { partitionId, etag } = owner;
        return { ...owner, lastModifiedTimeInMs: Date.now() - ageMs(partitionId, etag) };
      });
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
