import type { CheckpointStore, EventHubProducerClient, EventHubProperties } from "@azure/event-hubs";
import type { HubPartition } from "./hub.ts";

/** What is asked. */
export interface ReadPartitionsOptions {
  readonly producer: EventHubProducerClient;
  readonly life: EventHubProperties;
  /** `null` when nothing is known of receivers. */
  readonly store: CheckpointStore | null;
  readonly consumerGroup: string;
  readonly generation: string;
}

/** How far every partition and its receiver are. */
export async function readPartitions(
  { producer, life, store, consumerGroup, generation }: ReadPartitionsOptions,
): Promise<HubPartition[]> {
  const place = [producer.fullyQualifiedNamespace, life.name, consumerGroup] as const;
  const [checkpoints = [], owners = []] = await Promise.all([
    store?.listCheckpoints(...place),
    store?.listOwnership(...place),
  ]);
  return await Promise.all(
    life.partitionIds.map(async (id) => {
      const properties = await producer.getPartitionProperties(id);
      const last = properties.lastEnqueuedSequenceNumber;
      return {
        partition: Number(id),
        generation,
        first: properties.isEmpty ? last + 1 : properties.beginningSequenceNumber,
        last,
        checkpoint: checkpoints.find(({ partitionId }) => partitionId === id)?.sequenceNumber ?? -1,
        owner: owners.find(({ partitionId }) => partitionId === id)?.ownerId || null,
      };
    }),
  );
}
