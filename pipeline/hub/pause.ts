/** The longest that a timer can take, almost 25 days; told to take longer, it goes off at once. */
export const longestPauseMs = 2_147_483_647;

/** Waits, or until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(ms, longestPauseMs));
    signal.addEventListener("abort", done);
  });
}

const firstPauseMs = 250;
const longestBackoffMs = 10_000;

/** How long to wait before trying again: exponential with full jitter, at most 10 s. */
export function backoffMs(attempt: number): number {
  return Math.random() * Math.min(longestBackoffMs, firstPauseMs * 2 ** attempt);
}

/** Closes something, but doesn't wait for ever: a dead connection never says that it is closed. True when it did. */
export async function closeWithin(
  open: { close(): Promise<void> },
  ms: number,
  log: (event: string, fields: Record<string, unknown>) => void,
): Promise<boolean> {
  const closed = new AbortController();
  const closing = open.close()
    .catch((error) => log("receive.close_failed", { error: String(error) }))
    .finally(() => closed.abort());
  await Promise.race([closing, pause(ms, closed.signal)]);
  return closed.signal.aborted;
}
