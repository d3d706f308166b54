import process from "node:process";
import { Presets, SingleBar } from "cli-progress";
import { redact } from "./redact.ts";

/** What a running command tells the person at the terminal, all on stderr. */
export interface Logger {
  /** One JSON line: when, what, and its fields. */
  log(event: string, fields: Record<string, unknown>): void;
  /** A bar that grows, of so many units; without a terminal it stays unseen. */
  progress(label: string, total: number): Progress;
  /** Takes away what is still drawn. */
  close(): void;
}

/** A bar on the terminal. */
export interface Progress {
  /** How many units are done, and of how many, should that have become known. */
  update(done: number, total?: number): void;
  stop(): void;
}

/** Logs on stderr. */
export function terminalLogger(): Logger {
  const terminal = process.stderr.isTTY === true;
  let bar: SingleBar | undefined;
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    log(event, fields) {
      // The bar's line is wiped, and drawn again below the new one at its next step.
      if (bar !== undefined) process.stderr.write("\r\x1b[K");
      console.error(redact(JSON.stringify({ time: new Date().toISOString(), event, ...fields })));
    },
    progress(label, total) {
      stop();
      const format = `${label.padEnd(8)} {bar} {value}/{total} {eta_formatted}`;
      const options = { format, stream: process.stderr, clearOnComplete: true, hideCursor: null };
      bar = terminal ? new SingleBar(options, Presets.shades_classic) : undefined;
      bar?.start(total, 0);
      return {
        update(done, newTotal) {
          if (newTotal !== undefined) bar?.setTotal(newTotal);
          bar?.update(done);
        },
        stop,
      };
    },
    close: stop,
  };
}
