import type { Buffer } from "node:buffer";
import type { Sender } from "rhea";

/** How much may be queued on a link so that rhea writes it at once: never more than credit, ring and window allow. */
export interface Room {
  readonly messages: number;
  readonly frames: number;
  /** Message bytes that fit a frame. */
  readonly frameBytes: number;
}

const NO_ROOM: Room = { messages: 0, frames: 0, frameBytes: 1 };
/** What a transfer needs beside its payload; rhea keeps 50 bytes and its delivery tag. */
const TRANSFER_BYTES = 70;

/** @see Room */
export function roomOf(sender: Sender): Room {
  const { outgoing } = sender.session as unknown as SessionInside;
  // Credit only falls when a frame is written, so what is queued already must be written before credit is read.
  if (outgoing.next_delivery_id !== outgoing.next_pending_delivery) sender.connection["_process"]();
  if (!sender.is_open() || outgoing.next_delivery_id !== outgoing.next_pending_delivery) return NO_ROOM;
  const credit = (sender as unknown as { credit: number }).credit;
  return {
    messages: Math.min(credit, outgoing.deliveries.available()),
    frames: outgoing.transfer_window() || 0,
    frameBytes: (sender.connection.max_frame_size ?? Infinity) - TRANSFER_BYTES,
  };
}

/** Sends an encoded message that counts as delivered once written. */
export function sendRaw(sender: Sender, message: Buffer): void {
  sender.send(message, undefined, 0);
}

interface SessionInside {
  readonly outgoing: {
    readonly next_delivery_id: number;
    readonly next_pending_delivery: number;
    readonly deliveries: { available(): number };
    transfer_window(): number;
  };
}
