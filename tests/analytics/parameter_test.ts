import { deepEqual, equal, throws } from "node:assert/strict";
import type { Parameter } from "#analytics/analysis.ts";
import { ParameterError, readParameters } from "#analytics/parameter.ts";

const free = { min: null, max: null, choices: null, about: "" };
const declared: Parameter[] = [
  { ...free, name: "periods", type: "integer", default: 5, min: 1, max: 100 },
  { ...free, name: "threshold", type: "double", default: 2, min: 0 },
  { ...free, name: "since", type: "timestamp", default: null },
  { ...free, name: "both", type: "boolean", default: true },
  { ...free, name: "step", type: "step", default: "1 minute" },
  { ...free, name: "sides", type: "text", default: "both", choices: ["both", "spikes", "dips"] },
  { ...free, name: "label", type: "text", default: "" },
];

Deno.test("readParameters() takes defaults for what is not given", () => {
  deepEqual(
    readParameters(declared, { periods: "7", since: "2026-05-01T02:00:00+02:00", both: "false", label: "'" }),
    {
      periods: 7,
      threshold: 2,
      since: "2026-05-01T00:00:00.000000Z",
      both: false,
      step: "1 minute",
      sides: "both",
      label: "'",
    },
  );
});

Deno.test.each([
  ["periods", "0", "a whole number from 1 to 100"],
  ["periods", "101", "a whole number from 1 to 100"],
  ["periods", "5.5", "a whole number from 1 to 100"],
  ["periods", "five", "a whole number from 1 to 100"],
  ["periods", "", "a whole number from 1 to 100"],
  ["periods", "0x10", "a whole number from 1 to 100"],
  ["threshold", "-1", "a finite number, 0 or more"],
  ["threshold", "NaN", "a finite number, 0 or more"],
  ["threshold", "1e999", "a finite number, 0 or more"],
  ["since", "yesterday", "an ISO 8601 time such as 2026-05-01T12:00:00Z"],
  ["both", "yes", "true or false"],
  ["sides", "up", "one of both, spikes, dips"],
  ["step", "0 minutes", "tick, or a length such as 1 second, 5 minutes, 1 hour or 1 day"],
  ["step", "1 fortnight", "tick, or a length such as 1 second, 5 minutes, 1 hour or 1 day"],
])("readParameters() refuses %s=%s", (name, text, expected) => {
  throws(() => readParameters(declared, { [name]: text }), {
    name: "ParameterError",
    message: `Cannot use parameter ${name}=${JSON.stringify(text)}: expected ${expected}`,
  });
});

Deno.test("readParameters() refuses a name that is not declared", () => {
  const strange = () => readParameters(declared, { period: "5" });
  throws(strange, ParameterError);
  throws(strange, /parameter period="5": it is none of periods, threshold, since, both, step, sides, label/);
  throws(() => readParameters([], JSON.parse('{"__proto__":"5"}')), /there are no parameters/);
});

Deno.test("readParameters() does not take what every object has for given", () => {
  equal(readParameters([{ ...free, name: "constructor", type: "integer", default: 1 }], {}).constructor, 1);
});
