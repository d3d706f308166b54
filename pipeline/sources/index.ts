import { pace, take } from "./pace.ts";
import { replay } from "./replay.ts";
import { simulated } from "./simulated.ts";
import type { Source, SourceLog } from "./source.ts";

/** What a person may say about a source; each uses what concerns it. */
export interface SourceSettings {
  readonly symbol: string;
  /** At most so many ticks; Infinity for no end. */
  readonly count: number;
  /** Ticks' own time over the clock's: 1 is live, Infinity as fast as it goes. */
  readonly speed: number;
  readonly seed: number;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly file: string | null;
  readonly log: SourceLog;
}

/** A line of the table below. */
export interface SourceEntry {
  readonly about: string;
  readonly open: (settings: SourceSettings) => Source;
}

/** Every source by name: a new one is a file beside this and a line here. */
export const sources: Readonly<Record<string, SourceEntry>> = {
  simulated: {
    about: "a seeded random walk with clustered volatility, jumps and trade sizes",
    open: ({ symbol, seed, startMs, stepMs }) => simulated({ symbol, seed, startMs, stepMs }),
  },
  replay: {
    about: "a file or folder: NDJSON of ticks or of DATA605, CSV of open, high, low, close, volume (--file)",
    open({ file, symbol, log }) {
      if (file === null) throw new Error("Cannot replay: no file was named; add --file");
      return replay({ file, symbol, log });
    },
  },
};

/** Opens a source of the table, cut and paced as the settings say. */
export function openSource(name: string, settings: SourceSettings): Source {
  const entry = sources[name];
  if (entry === undefined) {
    throw new Error(`Unknown source "${name}", expected one of ${Object.keys(sources).join(", ")}`);
  }
  return pace(take(entry.open(settings), settings.count), settings.speed);
}
