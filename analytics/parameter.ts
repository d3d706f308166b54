import type { Parameter } from "./analysis.ts";
import type { Value } from "./engine.ts";
import { formatMicros, parseMicros } from "./time.ts";

/** A parameter that was given wrongly: by a name the analysis does not know, or with a value it does not allow. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
  constructor(readonly parameter: string, readonly value: string, problem: string) {
    super(`Cannot use parameter ${parameter}=${JSON.stringify(value)}: ${problem}`);
  }
}

/**
 * The values to run an analysis with: those given as texts, and the defaults of the others.
 *
 * @throws {ParameterError} for a name that is not declared, and for a text that is not of the type or out of bounds.
 */
export function readParameters(
  declared: readonly Parameter[],
  given: Readonly<Record<string, string>>,
): Record<string, Value> {
  for (const [name, text] of Object.entries(given)) {
    if (declared.some((parameter) => parameter.name === name)) continue;
    const names = declared.map((parameter) => parameter.name).join(", ");
    throw new ParameterError(name, text, names === "" ? "there are no parameters" : `it is none of ${names}`);
  }
  return Object.fromEntries(declared.map((parameter) => {
    const { name } = parameter;
    if (!Object.hasOwn(given, name)) return [name, parameter.default];
    const value = parseValue(parameter, given[name]!);
    if (value === null) throw new ParameterError(name, given[name]!, `expected ${parameterRange(parameter)}`);
    return [name, value];
  }));
}

const stepPattern = /^(tick|[1-9]\d{0,3} (second|minute|hour|day)s?)$/;

/** The value that a text stands for, a timestamp as ISO 8601 in UTC; `null` when the parameter does not allow it. */
export function parseValue({ type, min, max, choices }: Parameter, text: string): Value {
  if (type === "text") return choices?.includes(text) === false ? null : text;
  if (type === "step") return stepPattern.test(text) ? text : null;
  if (type === "boolean") return text === "true" ? true : text === "false" ? false : null;
  if (type === "timestamp") {
    const micros = parseMicros(text);
    return micros === undefined ? null : formatMicros(micros);
  }
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  const isValid = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
  return isValid && number >= (min ?? -Infinity) && number <= (max ?? Infinity) ? number : null;
}

/** What a parameter allows, in words: `a whole number from 1 to 100`. */
export function parameterRange({ type, min, max, choices }: Parameter): string {
  if (choices !== null) return `one of ${choices.join(", ")}`;
  const kinds = {
    text: "a text",
    boolean: "true or false",
    timestamp: "an ISO 8601 time such as 2026-05-01T12:00:00Z",
    integer: "a whole number",
    double: "a finite number",
    step: "tick, or a length such as 1 second, 5 minutes, 1 hour or 1 day",
  };
  if (min !== null && max !== null) return `${kinds[type]} from ${min} to ${max}`;
  if (min !== null) return `${kinds[type]}, ${min} or more`;
  if (max !== null) return `${kinds[type]}, ${max} or less`;
  return kinds[type];
}
