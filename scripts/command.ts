import { parseArgs } from "node:util";
import { ParameterError } from "#analytics/parameter.ts";
import project from "#project" with { type: "json" };
import { ConfigError } from "./config.ts";
import type { Flags, FlagValues } from "./flags.ts";
import { type Logger, terminalLogger } from "./log.ts";
import { redact } from "./redact.ts";

/** What a person runs with `deno task NAME`. */
export interface Command<F extends Flags> {
  readonly name: string;
  readonly about: string;
  /** What may follow the flags: `NAME...` and what it means; `null` where nothing may. */
  readonly operands: { readonly name: string; readonly about: string } | null;
  readonly flags: F;
  /** Complete command lines, for `--help`. */
  readonly examples: readonly string[];
  /** Returns the exit code. */
  readonly run: (given: Given<F>) => Promise<number>;
}

/** What a command is run with. */
export interface Given<F extends Flags> {
  readonly flags: FlagValues<F>;
  readonly operands: readonly string[];
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** The command line itself is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** How long a command may take to end after Ctrl-C or SIGTERM. */
const endMs = 8_000;

/** Runs a command with this process's arguments and signals, and ends the process: 0 ok, 1 failed, 2 used wrongly. */
export async function runCommand<F extends Flags>(command: Command<F>): Promise<never> {
  const stop = new AbortController();
  const logger = terminalLogger();
  try {
    const parsed = parseCommandLine(command, Deno.args);
    if (typeof parsed === "string") {
      print(parsed);
      Deno.exit(0);
    }
    listenToSignals(stop);
    const code = await command.run({ ...parsed, signal: stop.signal, logger });
    logger.close();
    Deno.exit(code);
  } catch (error) {
    logger.close();
    // The reader of our output went away, as `| head` does: nothing is wrong.
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    const wrongUse = [UsageError, ConfigError, ParameterError].some((kind) => error instanceof kind);
    const message = error instanceof Error ? error.message : String(error);
    console.error(redact(`${command.name}: ${message}`));
    if (error instanceof UsageError) console.error(`Try: deno task ${command.name} --help`);
    Deno.exit(wrongUse ? 2 : 1);
  }
}

/** Data goes to stdout. */
export function print(text: string): void {
  const bytes = new TextEncoder().encode(text.endsWith("\n") ? text : `${text}\n`);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

/**
 * Reads a command line; a text is what to print instead of running (`--help`, `--version`).
 *
 * @throws {UsageError} for the first thing that is wrong: names it, and what is allowed.
 */
export function parseCommandLine<F extends Flags>(
  command: Command<F>,
  args: readonly string[],
): string | Pick<Given<F>, "flags" | "operands"> {
  const { flags } = command;
  const switches = { help: { type: "boolean" }, version: { type: "boolean" } } as const;
  const options = Object.fromEntries(
    Object.entries(flags).map((
      [name, flag],
    ) => [name, { type: flag.placeholder === null ? "boolean" : "string" }]),
  ) as Record<string, { type: "boolean" | "string" }>;
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, ...switches },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const texts = new Map<string, string[]>();
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") return helpText(command);
    if (token.name === "version") return project.version;
    const flag = flags[token.name];
    if (flag === undefined) throw new UsageError(`unknown flag ${token.rawName}, ${allowed(flags)}`);
    const value = token.value;
    if (flag.placeholder === null && value !== undefined) {
      throw new UsageError(`${token.rawName} takes no value`);
    }
    if (
      flag.placeholder !== null && (value === undefined || (!token.inlineValue && /^--?[a-z]/.test(value)))
    ) {
      throw new UsageError(`${token.rawName} needs a value, ${flag.placeholder}`);
    }
    const given = texts.get(token.name) ?? [];
    if (given.length > 0 && !flag.repeats) throw new UsageError(`${token.rawName} is given twice`);
    texts.set(token.name, [...given, value ?? ""]);
  }
  if (operands.length > 0 && command.operands === null) {
    throw new UsageError(`unexpected "${operands[0]}", ${allowed(flags)}`);
  }
  const values = Object.entries(flags).map(([name, flag]) => {
    const given = texts.get(name);
    if (given === undefined) return [name, flag.default];
    try {
      return [name, flag.parse(given)];
    } catch (error) {
      throw new UsageError(
        `--${name} is ${JSON.stringify(given.at(-1))}, expected ${(error as Error).message}`,
      );
    }
  });
  return { flags: Object.fromEntries(values) as FlagValues<F>, operands };
}

function allowed(flags: Flags): string {
  const names = Object.keys(flags).map((name) => `--${name}`);
  return names.length === 0 ? "this task takes no flags" : `expected ${names.join(", ")}`;
}

function helpText<F extends Flags>({ name, about, operands, flags, examples }: Command<F>): string {
  const rows = Object.entries(flags).map(([flag, { placeholder, about, shownDefault, repeats }]) => [
    `--${flag}${placeholder === null ? "" : ` ${placeholder}`}`,
    about + (shownDefault === null ? "" : ` [${shownDefault}]`) + (repeats ? " (repeatable)" : ""),
  ]);
  rows.push(["--help", "show this"], ["--version", "show the version"]);
  if (operands !== null) rows.unshift([operands.name, operands.about]);
  const width = Math.max(...rows.map(([left]) => left!.length));
  const indent = `\n${" ".repeat(width + 4)}`;
  const lines = rows.map(([left, right]) => `  ${left!.padEnd(width)}  ${right!.replaceAll("\n", indent)}`);
  const usage = `deno task ${name}${operands === null ? "" : ` [${operands.name}]`} [flags]`;
  return [about, "", usage, "", ...lines, "", "Examples", ...examples.map((line) => `  ${line}`), ""].join(
    "\n",
  );
}

/** The first signal asks the command to end and gives it time; the second one, or the time's end, ends it. */
function listenToSignals(stop: AbortController): void {
  const onSignal = () => {
    if (stop.signal.aborted) Deno.exit(130);
    stop.abort();
    Deno.unrefTimer(setTimeout(() => {
      console.error(`not done ${endMs / 1000} s after the signal: ended as it was`);
      Deno.exit(1);
    }, endMs));
  };
  Deno.addSignalListener("SIGINT", onSignal);
  // Windows knows no SIGTERM; closing the console or Ctrl-Break comes as SIGBREAK.
  Deno.addSignalListener(Deno.build.os === "windows" ? "SIGBREAK" : "SIGTERM", onSignal);
}
