import { Buffer } from "node:buffer";
import type { Sender } from "rhea";
import { roomOf, sendRaw } from "./amqp_outgoing.ts";
import { NO_PLACE, type PartitionLog } from "./log/partition_log.ts";
import { SECTION, sectionAt } from "./wire/sections.ts";
import { encodeRuntimeMetrics } from "./wire/stamp.ts";

/** Events read and queued in one turn of the event loop, so that other connections get theirs. */
const TURN = { count: 512, bytes: 1_048_576 };
/** A client that doesn't read its socket gets no more than this much ahead. */
const MOST_BACKLOG_BYTES = 4_194_304;

/** What a consumer link reads. */
export interface ConsumerSource {
  readonly log: PartitionLog;
  /** The first event to send. */
  readonly sequenceNumber: number;
  /** Whether every event carries the partition's end in its delivery annotations. */
  readonly runtimeMetrics: boolean;
  /** Whether the partition is frozen, on purpose, so that nothing may be sent. */
  readonly isHeld: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** What the connection has yet to write, in bytes. */
  readonly backlogBytes: () => number;
  /** Called when the log can't be read; nothing is sent after it. */
  readonly onFailure: (error: unknown) => void;
}

/** A link that sends a partition's events as its client grants credit. */
export interface ConsumerLink {
  /** The sequence number that is sent next. */
  readonly position: number;
  /** Has the link look again for something to send: after credit, an append, or a drained socket. */
  wake(): void;
  stop(): void;
}

/** Serves a client that receives events, settled as they are sent, from `sequenceNumber` on. */
export function serveConsumer(sender: Sender, source: ConsumerSource): ConsumerLink {
  const { log, runtimeMetrics, isHeld, now, backlogBytes, onFailure } = source;
  let position = source.sequenceNumber;
  let timer: ReturnType<typeof setImmediate> | undefined;
  let stopped = false;

  function wake(): void {
    if (!stopped) timer ??= setImmediate(turn);
  }

  function turn(): void {
    timer = undefined;
    try {
      send();
    } catch (error) {
      stop();
      onFailure(error);
    }
  }

  function stop(): void {
    stopped = true;
    clearImmediate(timer);
    unsubscribe();
  }

  function send(): void {
    if (stopped || isHeld() || backlogBytes() > MOST_BACKLOG_BYTES) return;
    const room = roomOf(sender);
    if (room.messages <= 0 || room.frames <= 0) return;
    const records = log.read(position, { ...TURN, count: Math.min(TURN.count, room.messages) });
    const metrics = runtimeMetrics
      ? encodeRuntimeMetrics({ last: log.last ?? NO_PLACE, retrievedTimeMs: now() })
      : undefined;
    let { frames } = room;
    for (const record of records) {
      const message = metrics === undefined ? record.message : withMetrics(record.message, metrics);
      frames -= Math.ceil(message.length / room.frameBytes);
      if (frames < 0) return;
      sendRaw(sender, message);
      position = record.sequenceNumber + 1;
    }
    if (records.length > 0) wake();
    else sender.set_drained(true);
  }

  const unsubscribe = log.onAppend(wake);
  sender.on("sender_flow", wake);
  wake();
  return {
    get position() {
      return position;
    },
    wake,
    stop,
  };
}

/** Delivery annotations come after the header and before everything else. */
function withMetrics(message: Buffer, metrics: Buffer): Buffer {
  const first = sectionAt(message, 0, message.length);
  const at = first.code === SECTION.header ? first.end : 0;
  return Buffer.concat([message.subarray(0, at), metrics, message.subarray(at)]);
}
