import type { Checkpoint, CheckpointStore, PartitionOwnership } from "@azure/event-hubs";

/** A checkpoint store in memory, with the compare-and-set on ownership that load balancing stands on. */
export function memoryCheckpoints(): CheckpointStore {
  const owners = new Map<string, PartitionOwnership>();
  const checkpoints = new Map<string, Checkpoint>();
  let version = 0;
  return {
    listOwnership: () => Promise.resolve([...owners.values()]),
    claimOwnership(claims) {
      const claimed: PartitionOwnership[] = [];
      for (const claim of claims) {
        const before = owners.get(claim.partitionId);
        if (before !== undefined && before.etag !== claim.etag) continue;
        const owned = { ...claim, etag: String(++version), lastModifiedTimeInMs: Date.now() };
        owners.set(claim.partitionId, owned);
        claimed.push(owned);
      }
      return Promise.resolve(claimed);
    },
    updateCheckpoint(checkpoint) {
      checkpoints.set(checkpoint.partitionId, checkpoint);
      return Promise.resolve();
    },
    listCheckpoints: () => Promise.resolve([...checkpoints.values()]),
  };
}
