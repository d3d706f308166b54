import type { Segment } from "./segment.ts";

/** Files open for reading at once, a partition. */
const MOST_OPEN = 4;

/** Read handles of segments, the most recently used kept open. */
export interface SegmentFiles {
  of(segment: Segment): Deno.FsFile;
  close(segment: Segment): void;
  closeAll(): void;
}

export function segmentFiles(): SegmentFiles {
  /** In order of use, the oldest first. */
  const open = new Map<string, Deno.FsFile>();

  function close(path: string): void {
    open.get(path)?.close();
    open.delete(path);
  }

  return {
    of({ path }) {
      const file = open.get(path) ?? Deno.openSync(path, { read: true });
      open.delete(path);
      open.set(path, file);
      if (open.size > MOST_OPEN) close(open.keys().next().value!);
      return file;
    },
    close: ({ path }) => close(path),
    closeAll() {
      for (const path of [...open.keys()]) close(path);
    },
  };
}
