/** A flag of a command line: how it is shown in `--help`, and how its text is read. */
export interface Flag<T> {
  readonly about: string;
  /** What stands for the value in `--help`; `null` for a switch, which takes none. */
  readonly placeholder: string | null;
  readonly default: T;
  /** Shown in `--help` as the default; `null` where there is none to show. */
  readonly shownDefault: string | null;
  /** May be given several times. */
  readonly repeats: boolean;
  /** @throws {Error} that says what was expected. */
  readonly parse: (texts: readonly string[]) => T;
}

/** What the flags of a command read as. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** Flags by name, without the dashes. */
// deno-lint-ignore no-explicit-any
export type Flags = Readonly<Record<string, Flag<any>>>;

/** A switch: there or not. */
export function toggle(about: string): Flag<boolean> {
  return { about, placeholder: null, default: false, shownDefault: null, repeats: false, parse: () => true };
}

/** Any text that isn't empty. */
export function text<D extends string | null>(
  about: string,
  placeholder: string,
  fallback: D,
): Flag<string | D> {
  return single(about, placeholder, fallback, (given) => given === "" ? undefined : given, "a value");
}

/** A text of a certain form, such as a symbol. */
export function pattern(
  about: string,
  placeholder: string,
  form: RegExp,
  expected: string,
): Flag<string | null> {
  return single(about, placeholder, null, (given) => form.test(given) ? given : undefined, expected);
}

/** A whole number within bounds, both included. */
export function integer<D extends number | null>(
  about: string,
  fallback: D,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {},
): Flag<number | D> {
  const read = (given: string) => {
    const value = /^-?\d+$/.test(given) ? Number(given) : NaN;
    return value >= min && value <= max ? value : undefined;
  };
  const most = max === Number.MAX_SAFE_INTEGER ? "" : ` to ${max}`;
  return single(about, "N", fallback, read, `a whole number from ${min}${most === "" ? " up" : most}`);
}

/** One of a list. */
export function oneOf<T extends string>(about: string, choices: readonly T[], fallback: T): Flag<T> {
  const read = (given: string) => choices.find((choice) => choice === given);
  return single(about, choices.join("|"), fallback, read, `one of ${choices.join(", ")}`);
}

/** Some of a list, with commas between them, each once. */
export function someOf<T extends string>(
  about: string,
  choices: readonly T[],
  fallback: T,
): Flag<readonly T[]> {
  const expected = `one or more of ${choices.join(", ")}, with commas between`;
  return list(about, "NAME,...", [fallback], (text) => choices.find((choice) => choice === text), expected);
}

/** Texts of a certain form, with commas between them, each once. */
export function patterns(
  about: string,
  placeholder: string,
  form: RegExp,
  fallback: string,
  expected: string,
): Flag<readonly string[]> {
  return list(about, placeholder, [fallback], (text) => form.test(text) ? text : undefined, expected);
}

/** A date and time; read as ISO 8601 UTC with milliseconds. */
export function time(about: string): Flag<string | null> {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/;
  const read = (given: string) => {
    const date = form.test(given) ? new Date(given) : new Date(NaN);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  };
  return single(about, "T", null, read, "a date or an ISO 8601 time, 2026-05-01 or 2026-05-01T12:00:00Z");
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span of time, `250ms`, `1s`, `5m`; read as milliseconds. */
export function duration<D extends string | null>(about: string, fallback: D): Flag<number | NullOf<D>> {
  const read = (given: string) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(given);
    const value = match === null ? 0 : Number(match[1]) * unitsMs[match[2]!]!;
    return value > 0 ? value : undefined;
  };
  const value = (fallback === null ? null : read(fallback)!) as number | NullOf<D>;
  return {
    ...single(about, "D", value, read, "a duration such as 250ms, 1s, 5m"),
    shownDefault: fallback,
  };
}

type NullOf<D> = Extract<D, null>;

/** Ticks' time over clock time: `max` (Infinity), `1x`, `60x`; `null` where it isn't given. */
export function speed(about: string): Flag<number | null> {
  const read = (given: string) => {
    if (given === "max") return Infinity;
    const value = Number(/^(\d+(?:\.\d+)?)x$/.exec(given)?.[1] ?? 0);
    return value > 0 ? value : undefined;
  };
  return single(about, "max|1x|60x", null, read, "max, or a factor such as 1x or 60x");
}

/** `name=value`, as often as needed. */
export function assignments(about: string): Flag<Readonly<Record<string, string>>> {
  return {
    about,
    placeholder: "name=value",
    default: {},
    shownDefault: null,
    repeats: true,
    parse: (texts) =>
      Object.fromEntries(texts.map((given) => {
        const match = /^([a-z_][a-z0-9_]*)=(.+)$/s.exec(given);
        if (match === null) throw new Error("name=value");
        return [match[1], match[2]];
      })),
  };
}

/** `URL`, or `name=URL` where there are several to choose between, as often as needed; the name is "" where none is. */
export function endpoints(about: string): Flag<Readonly<Record<string, string>>> {
  return {
    about,
    placeholder: "URL|NAME=URL",
    default: {},
    shownDefault: null,
    repeats: true,
    parse: (texts) =>
      Object.fromEntries(texts.map((given) => {
        const match = /^(?:([a-z0-9_]+)=)?((?:wss?|https?):\/\/[^\s/?#@]+(?:\/[^\s?#]*)?)$/.exec(given);
        if (match === null) throw new Error("wss://HOST or https://HOST, or NAME=wss://HOST");
        return [match[1] ?? "", match[2]!.replace(/\/+$/, "")];
      })),
  };
}

function list<T extends string>(
  about: string,
  placeholder: string,
  fallback: readonly T[],
  readOne: (text: string) => T | undefined,
  expected: string,
): Flag<readonly T[]> {
  const read = (given: string) => {
    const items = given.split(",").map(readOne);
    const whole = items.every((item) => item !== undefined) && new Set(items).size === items.length;
    return whole ? items as readonly T[] : undefined;
  };
  return { ...single(about, placeholder, fallback, read, expected), shownDefault: fallback.join(",") };
}

function single<T, D>(
  about: string,
  placeholder: string,
  fallback: D,
  read: (given: string) => T | undefined,
  expected: string,
): Flag<T | D> {
  return {
    about,
    placeholder,
    default: fallback,
    shownDefault: fallback === null ? null : String(fallback),
    repeats: false,
    parse(texts) {
      const value = read(texts[0]!);
      if (value === undefined) throw new Error(expected);
      return value;
    },
  };
}
