/**
 * Shares one slow `sync` among all who wait: each caller gets a sync that began after its call, and no two run at
 * once, so a queue of any length is served by two.
 */
export function syncGroup(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let following: Promise<void> | undefined;

  function start(): Promise<void> {
    following = undefined;
    running = sync().finally(() => running = undefined);
    return running;
  }

  return () => {
    if (running === undefined) return start();
    // Whoever waits on the sync under way learns of its failure; those behind it get a try of their own.
    following ??= running.then(start, start);
    return following;
  };
}
