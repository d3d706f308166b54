import type { Gap, Reject, Source } from "#pipeline/sources/source.ts";
import type { Tick } from "#pipeline/tick.ts";

/** A line of the log. */
export interface Logged {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Hears all that a source says, and lets a test wait for it. */
export interface Tap {
  readonly logged: Logged[];
  readonly gaps: Gap[];
  readonly rejects: Reject[];
  readonly ticks: Tick[];
  /** To be given to the source. */
  readonly listeners: {
    readonly log: (event: string, fields: Record<string, unknown>) => void;
    readonly onGap: (gap: Gap) => void;
    readonly onReject: (reject: Reject) => void;
  };
  /** Resolves once this is so, as soon as anything was said. */
  when(isSo: () => boolean): Promise<void>;
  /** The first line of this event, once there are so many. */
  line(event: string, count?: number): Promise<Logged>;
  /** Reads the source until the signal aborts. */
  read(source: Source, signal: AbortSignal): Promise<void>;
}

export function tap(): Tap {
  const waiting = new Set<() => void>();
  const logged: Logged[] = [];
  const gaps: Gap[] = [];
  const rejects: Reject[] = [];
  const ticks: Tick[] = [];
  const said = () => waiting.forEach((look) => look());
  const when = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return {
    logged,
    gaps,
    rejects,
    ticks,
    listeners: {
      log(event, fields) {
        logged.push({ event, fields });
        said();
      },
      onGap(gap) {
        gaps.push(gap);
        said();
      },
      onReject(reject) {
        rejects.push(reject);
        said();
      },
    },
    when,
    async line(event, count = 1) {
      const lines = () => logged.filter((line) => line.event === event);
      await when(() => lines().length >= count);
      return lines()[count - 1]!;
    },
    async read(source, signal) {
      for await (const tick of source.ticks(signal)) {
        ticks.push(tick);
        said();
      }
    },
  };
}
