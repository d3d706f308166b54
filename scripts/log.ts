import process from "node:process";
import { Presets, SingleBar } from "cli-progress";
import { redact } from "./redact.ts";

/** What a running command tells the person at the terminal, all on stderr. */
export interface Logger {
  /** One JSON line: when, what, and its fields. */
  log(event: string, fields: Record<string, unknown>): void;
  /** A bar that grows, of so many units; without a terminal it stays unseen. */
  progress(label: string, total: number): Progress;
  /** A line that is drawn anew in its place; without a terminal it stays unseen. */
  status(text: string): void;
  /** Whether a person sees what is drawn. */
  readonly terminal: boolean;
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
  let line = "";
  const stop = () => {
    bar?.stop();
    bar = undefined;
  };
  const draw = (text: string) => {
    line = text;
    process.stderr.write(`\r\x1b[K${text}`);
  };
  return {
    terminal,
    log(event, fields) {
      // What is drawn is wiped: a bar is drawn again below the new line at its next step, a status line at once.
      if (bar !== undefined || line !== "") process.stderr.write("\r\x1b[K");
      console.error(redact(JSON.stringify({ time: new Date().toISOString(), event, ...fields })));
      if (line !== "") draw(line);
    },
    status(text) {
      if (terminal) draw(text);
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
    close() {
      stop();
      if (line !== "") draw("");
    },
  };
}
