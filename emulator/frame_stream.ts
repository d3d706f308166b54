import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { frameCutter } from "./wire/frames.ts";

/** How long the other side may take to close its half once this side has closed. */
const LINGER_MS = 1000;

/** A connection's bytes as rhea wants them (a socket's methods), in whole, checked frames. */
export interface FrameStream {
  on(event: "data" | "error" | "end" | "drain" | "close", listener: (argument?: unknown) => void): void;
  removeAllListeners(event: string): void;
  write(bytes: Buffer): boolean;
  /** Sends what was written, then closes; cuts off a client that doesn't close its side in turn. */
  end(): void;
  destroy(): void;
  /** Reads no more until told to go on. */
  pause(): void;
  resume(): void;
  /** What was written but hasn't left the process, in bytes. */
  readonly backlogBytes: number;
}

/** Options of {@linkcode frameStream}. */
export interface FrameStreamOptions {
  readonly maxFrameBytes: number;
  /** Called once, when the client has sent bytes that aren't frames. Nothing after them is read. */
  readonly onViolation: (error: unknown) => void;
}

/** Wraps an accepted socket. Writes of one turn of the event loop leave together: rhea writes frame by frame. */
export function frameStream(socket: Socket, { maxFrameBytes, onViolation }: FrameStreamOptions): FrameStream {
  const cutter = frameCutter(maxFrameBytes);
  const listeners = new Map<string, Set<(argument?: unknown) => void>>();
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let reading = true;
  let linger: ReturnType<typeof setTimeout> | undefined;

  const emit = (event: string, argument?: unknown) => {
    for (const listener of [...listeners.get(event) ?? []]) listener(argument);
  };

  function read(chunk: Buffer): void {
    if (!reading) return;
    let frames: Buffer | undefined;
    try {
      frames = cutter.push(chunk);
    } catch (error) {
      reading = false;
      return onViolation(error);
    }
    if (frames !== undefined) emit("data", frames);
  }

  function flush(): void {
    if (waitingBytes === 0 || socket.destroyed) return;
    const bytes = waiting.length === 1 ? waiting[0]! : Buffer.concat(waiting, waitingBytes);
    waiting = [];
    waitingBytes = 0;
    socket.write(bytes);
  }

  function end(): void {
    flush();
    socket.end();
    linger ??= setTimeout(() => socket.destroy(), LINGER_MS);
  }

  socket.setNoDelay(true);
  socket.on("data", read);
  socket.on("drain", () => emit("drain"));
  socket.on("error", (error) => emit("error", error));
  socket.on("close", () => {
    clearTimeout(linger);
    // rhea stops its heartbeat timers only on "end", which a destroyed socket never sends.
    emit("end");
    emit("close");
  });

  return {
    on(event, listener) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    removeAllListeners: (event) => void listeners.delete(event),
    write(bytes) {
      if (waiting.push(bytes) === 1) queueMicrotask(flush);
      waitingBytes += bytes.length;
      return true;
    },
    end,
    destroy: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    get backlogBytes() {
      return waitingBytes + socket.writableLength;
    },
  };
}
