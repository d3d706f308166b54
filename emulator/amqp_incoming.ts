import type { Buffer } from "node:buffer";
import type { Delivery, Receiver } from "rhea";
import type { AmqpError } from "./errors.ts";
import { BATCH_FORMAT } from "./wire/batch.ts";

/** A message as it came: raw bytes, whether it is a batch, and what to tell its sender. */
export interface Incoming {
  readonly bytes: Buffer;
  readonly isBatch: boolean;
  /** Set when the message was already found too large; `bytes` is of no use then. */
  readonly refusal: AmqpError | undefined;
  accept(): void;
  reject(error: AmqpError): void;
}

/** Calls `handle` for every message of a link. Each must be accepted or rejected once, in any order. */
export function onMessage(receiver: Receiver, handle: (message: Incoming) => void): void {
  receiver.on("message", ({ message, delivery, format }: MessageContext) => {
    const settle = (outcome: () => void) => {
      // On a closed link nobody waits for the outcome, but rhea's ring of deliveries waits for it to be settled.
      if (receiver.is_open()) outcome();
      else (delivery as { settled: boolean }).settled = true;
    };
    handle({
      bytes: message,
      isBatch: format === BATCH_FORMAT,
      refusal: (delivery as { refusal?: AmqpError }).refusal,
      accept: () => settle(() => delivery.accept()),
      reject: (error) => settle(() => delivery.reject(error)),
    });
  });
}

interface MessageContext {
  readonly message: Buffer;
  readonly delivery: Delivery;
  readonly format: number;
}
