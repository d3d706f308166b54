/** What a connection has sent that is still on its way into the log, before no more of it is read. */
const MOST_PENDING_BYTES = 16_777_216;

/** Something that can be read, or not for a while. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Keeps count of what a connection has on its way into the log. */
export interface Intake {
  /** Counts a message in. @returns what counts it out again, to be called once */
  begin(bytes: number): () => void;
}

/**
 * Stops reading a connection while too much of it is pending, and goes on once half of that is done. Credit alone would
 * let a producer fill memory faster than a disk takes it: it counts messages, whatever their size.
 */
export function intake(stream: Pausable, mostPendingBytes = MOST_PENDING_BYTES): Intake {
  let pendingBytes = 0;
  let isPaused = false;

  function end(bytes: number): void {
    pendingBytes -= bytes;
    if (!isPaused || pendingBytes > mostPendingBytes / 2) return;
    isPaused = false;
    stream.resume();
  }

  return {
    begin(bytes) {
      pendingBytes += bytes;
      if (!isPaused && pendingBytes > mostPendingBytes) {
        isPaused = true;
        stream.pause();
      }
      return () => end(bytes);
    },
  };
}
