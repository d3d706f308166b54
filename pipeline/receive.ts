import { Buffer } from "node:buffer";
import type { HandleBatch, Hub, HubBatch, HubEvent, ReceiveOptions } from "./hub/hub.ts";
import type { Store } from "./store/store.ts";
import { type BlobKind, blobName } from "./store/names.ts";
import { DecodeError, decodeTick, type Delivery, encodeStoredTick } from "./tick.ts";

/** What a receiver has stored so far. */
export interface ReceiveTotals {
  /** Events handled: `ticks + rejects`. */
  events: number;
  ticks: number;
  rejects: number;
  /** Blobs created, those that were there already left out. */
  blobs: number;
  bytes: number;
}

/** A blob to put: a pure function of the events in a batch. */
export interface PlannedBlob {
  readonly kind: BlobKind;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly lines: number;
}

/**
 * Stores what the hub hands over until the signal (or, with `once`, until the hub's end as it was). Each batch is
 * stored before the hub may forget it: the hub moves its checkpoint only after the handler returned.
 */
export async function receive(
  hub: Hub,
  store: Store,
  options: ReceiveOptions & { readonly onBatch?: (totals: Readonly<ReceiveTotals>) => void },
  signal: AbortSignal,
): Promise<ReceiveTotals> {
  const totals: ReceiveTotals = { events: 0, ticks: 0, rejects: 0, blobs: 0, bytes: 0 };
  const handle: HandleBatch = async (batch) => {
    for (const blob of planBlobs(batch)) {
      const lines = String(blob.lines);
      const outcome = await store.put(blob.name, blob.bytes, { lines, bytes: String(blob.bytes.length) });
      if (outcome === "created") totals.blobs++;
      totals.bytes += blob.bytes.length;
      totals[blob.kind] += blob.lines;
    }
    totals.events += batch.events.length;
    options.onBatch?.(totals);
  };
  await hub.receive(handle, options, signal);
  return totals;
}

/**
 * Turns a batch into at most two blobs: its ticks, and what could not be decoded. Every event gets a line in one of
 * them, and a line depends on nothing but its event.
 */
export function planBlobs(batch: HubBatch): PlannedBlob[] {
  const lines: Record<BlobKind, string[]> = { ticks: [], rejects: [] };
  for (const event of batch.events) {
    const delivery: Delivery = {
      partition: batch.partition,
      sequence_number: event.sequenceNumber,
      enqueued_at: event.enqueuedAt,
      generation: batch.generation,
    };
    try {
      lines.ticks.push(encodeStoredTick(decodeTick(event.body), delivery));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      lines.rejects.push(encodeReject(event, error, delivery));
    }
  }
  const { generation, partition, first, last } = batch;
  const range = { generation, partition, first, last, date: batch.events[0]!.enqueuedAt.slice(0, 10) };
  const kinds: BlobKind[] = ["ticks", "rejects"];
  return kinds.filter((kind) => lines[kind].length > 0).map((kind) => {
    const bytes = new TextEncoder().encode(lines[kind].join("\n") + "\n");
    return { kind, name: blobName(kind, range, bytes), bytes, lines: lines[kind].length };
  });
}

/** A line under `rejects/`: why, and the event's own bytes in base64. */
function encodeReject(event: HubEvent, error: DecodeError, delivery: Delivery): string {
  const raw = Buffer.from(event.body).toString("base64");
  return JSON.stringify({ reason: error.message, field: error.field, raw, ...delivery });
}
