import { BlobCheckpointStore, type ContainerClientLike } from "@azure/eventhubs-checkpointstore-blob";

export type { ContainerClientLike };

/**
 * Checkpoints and partition owners in a container, under the hub's generation: a hub made anew starts without any,
 * instead of skipping what an old offset happens to lie beyond.
 */
export function blobCheckpoints(container: ContainerClientLike, generation: string): BlobCheckpointStore {
  return new BlobCheckpointStore({
    getBlobClient: (name) => container.getBlobClient(`${generation}/${name}`),
    listBlobsFlat: (options) =>
      container.listBlobsFlat({ ...options, prefix: `${generation}/${options?.prefix ?? ""}` }),
  });
}
