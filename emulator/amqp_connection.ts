import type { Buffer } from "node:buffer";
import type { Connection } from "rhea";
import { type AmqpError, tooLarge } from "./errors.ts";
import type { FrameStream } from "./frame_stream.ts";
import { rhea } from "./rhea.ts";

/** Any format but 0 makes rhea hand a message over as bytes instead of decoding it, which costs most of its time. */
const RAW_FORMAT = 1;
/** Frames larger than this are split by whoever sends; Event Hubs' own figure. */
export const MAX_FRAME_BYTES = 65_536;
/** Silence of twice this long ends a connection; clients send heartbeats to fill it. */
const IDLE_TIMEOUT_MS = 60_000;

/** Options of {@linkcode acceptConnection}. */
export interface AcceptOptions {
  readonly maxMessageBytes: number;
  /** Called when the client widened a session's window: receivers that had stopped may go on. */
  readonly onSessionFlow: () => void;
}

/** The broker's end of one client connection. Links attach with no credit and settle nothing by themselves. */
export function acceptConnection(stream: FrameStream, options: AcceptOptions): Connection {
  const container = rhea.create_container({ id: "ticklake-emulator" });
  const connection = container.create_connection(
    {
      max_frame_size: MAX_FRAME_BYTES,
      idle_time_out: IDLE_TIMEOUT_MS,
      receiver_options: { autoaccept: false, credit_window: 0, max_message_size: options.maxMessageBytes },
      sender_options: { snd_settle_mode: 1 },
      reconnect: false,
      // The types ask for a host and a port, which an accepted connection has no use for.
    } as unknown as Parameters<typeof container.create_connection>[0],
  );
  forgiveLateFrames(connection, options.onSessionFlow);
  takeMessagesRaw(connection, options.maxMessageBytes);
  connection["accept"](stream);
  return connection;
}

/**
 * A client may send on a session or link that it has just ended, because its frames were on their way. rhea answers
 * that by dropping the whole connection; nothing is lost by ignoring it.
 */
function forgiveLateFrames(connection: Connection, onSessionFlow: () => void): void {
  for (const name of ["flow", "disposition", "detach", "transfer", "end"]) {
    const handle = connection[`on_${name}`].bind(connection) as (frame: Frame) => void;
    connection[`on_${name}`] = (frame: Frame) => {
      const session = connection["remote_channel_map"][frame.channel] as SessionInside | undefined;
      if (session === undefined) return;
      const link = frame.performative.handle;
      const names = link !== undefined && link !== null && name !== "transfer";
      if (names && session.remote.handles[link] === undefined) return;
      handle(frame);
      if (name === "flow") onSessionFlow();
    };
  }
}

/** Keeps rhea from decoding messages, and from piling up the frames of one that is too large. */
function takeMessagesRaw(connection: Connection, maxMessageBytes: number): void {
  const handle = connection["on_transfer"] as (frame: Frame) => void;
  connection["on_transfer"] = (frame: Frame) => {
    frame.performative.message_format ||= RAW_FORMAT;
    const session = connection["remote_channel_map"][frame.channel] as SessionInside | undefined;
    const unfinished = session?.remote.handles[frame.performative.handle ?? -1]?._incomplete;
    if (unfinished) {
      unfinished.heldBytes = (unfinished.heldBytes ?? unfinished.frames[0]?.length ?? 0) +
        (frame.payload?.length ?? 0);
      if (unfinished.heldBytes > maxMessageBytes) {
        unfinished.refusal = tooLarge(maxMessageBytes);
        unfinished.frames = [];
        frame.payload = undefined;
      }
    }
    handle(frame);
  };
}

interface Frame {
  readonly channel: number;
  readonly performative: { readonly handle?: number | null; message_format?: number };
  payload?: Buffer;
}

interface Unfinished {
  frames: Buffer[];
  heldBytes?: number;
  refusal?: AmqpError;
}

interface SessionInside {
  readonly remote: { readonly handles: Record<number, { readonly _incomplete?: Unfinished } | undefined> };
}
