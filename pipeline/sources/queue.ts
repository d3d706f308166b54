/** Items in waiting between those who bring them and the one who takes them, never more than its capacity by much. */
export interface Queue<T> extends AsyncIterable<T[]> {
  /** Filled up, and not emptied since: whoever can't wait should bring nothing. */
  readonly full: boolean;
  /** Adds items at once, room or not. */
  add(items: readonly T[]): void;
  /** Returns when it isn't full, or has ended. */
  room(): Promise<void>;
  /** No more items will come; those in waiting are still to be taken. */
  end(): void;
  /** As {@link end}, and then the one who takes gets this error. */
  fail(error: unknown): void;
}

/** A queue that is full from `capacity` items on. It is to be taken from by one: all that waits, as it comes. */
export function queue<T>(capacity: number): Queue<T> {
  let items: T[] = [];
  let full = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let filled = Promise.withResolvers<void>();
  let emptied = Promise.withResolvers<void>();
  const end = () => {
    ended = true;
    filled.resolve();
    emptied.resolve();
  };
  return {
    get full() {
      return full;
    },
    add(more) {
      if (ended || more.length === 0) return;
      for (const item of more) items.push(item);
      full ||= items.length >= capacity;
      filled.resolve();
    },
    async room() {
      while (full && !ended) await emptied.promise;
    },
    end,
    fail(error) {
      failure ??= { error };
      end();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (items.length === 0 && !ended) await filled.promise;
        if (items.length === 0) break;
        const taken = items;
        items = [];
        full = false;
        filled = Promise.withResolvers();
        emptied.resolve();
        emptied = Promise.withResolvers();
        yield taken;
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}
