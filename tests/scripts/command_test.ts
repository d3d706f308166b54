import assert from "node:assert/strict";
import { type Command, parseCommandLine, UsageError } from "#scripts/command.ts";
import { assignments, duration, integer, oneOf, pattern, speed, text, time, toggle } from "#scripts/flags.ts";
import { redact } from "#scripts/redact.ts";

const flags = {
  once: toggle("stop at the end"),
  count: integer("how many", null, { min: 1, max: 10 }),
  seed: integer("which walk", 1),
  source: oneOf("from where", ["simulated", "replay"], "simulated"),
  file: text("what to read", "PATH", null),
  from: time("first time"),
  step: duration("how far", "1s"),
  speed: speed("how fast"),
  param: assignments("a parameter"),
  symbol: pattern("which", "SYMBOL", /^[A-Z]+-[A-Z]+$/, "a pair"),
};

const command: Command<typeof flags> = {
  name: "try",
  about: "Tries.",
  operands: { name: "NAME...", about: "which ones" },
  flags,
  examples: ["deno task try"],
  run: () => Promise.resolve(0),
};

function parse(...args: string[]) {
  const parsed = parseCommandLine(command, args);
  assert(typeof parsed !== "string");
  return parsed;
}

Deno.test("parseCommandLine() has defaults for what isn't given", () => {
  assert.deepEqual(parse(), {
    flags: {
      once: false,
      count: null,
      seed: 1,
      source: "simulated",
      file: null,
      from: null,
      step: 1000,
      speed: null,
      param: {},
      symbol: null,
    },
    operands: [],
  });
});

Deno.test("parseCommandLine() reads every kind of flag, both spellings, and operands", () => {
  const { flags, operands } = parse(
    ...[
      "a",
      "--once",
      "--count=10",
      "--source",
      "replay",
      "--file",
      "C:\\prices.csv",
      "--from",
      "2026-05-01",
    ],
    ...[
      "--step",
      "2.5m",
      "--speed",
      "60x",
      "--param",
      "periods=5",
      "--param",
      "x=a=b",
      "--symbol",
      "BTC-USD",
      "b",
    ],
  );
  assert.deepEqual(flags, {
    once: true,
    count: 10,
    seed: 1,
    source: "replay",
    file: "C:\\prices.csv",
    from: "2026-05-01T00:00:00.000Z",
    step: 150_000,
    speed: 60,
    param: { periods: "5", x: "a=b" },
    symbol: "BTC-USD",
  });
  assert.deepEqual(operands, ["a", "b"]);
});

Deno.test("parseCommandLine() takes max for a speed without end", () => {
  assert.equal(parse("--speed", "max").flags.speed, Infinity);
});

Deno.test.each<[string[], RegExp]>([
  [["--cuont", "1"], /^unknown flag --cuont, expected --once, --count, --seed/],
  [["-x"], /^unknown flag -x/],
  [["--count", "0"], /^--count is "0", expected a whole number from 1 to 10$/],
  [["--count", "1.5"], /^--count is "1.5"/],
  [["--count", "ten"], /^--count is "ten"/],
  [["--count"], /^--count needs a value, N$/],
  [["--file", "--once"], /^--file needs a value, PATH$/],
  [["--file", ""], /^--file is "", expected a value$/],
  [["--once=yes"], /^--once takes no value$/],
  [["--seed", "1", "--seed", "2"], /^--seed is given twice$/],
  [["--source", "binanze"], /^--source is "binanze", expected one of simulated, replay$/],
  [["--from", "yesterday"], /^--from is "yesterday", expected a date or an ISO 8601 time/],
  [["--from", "2026-13-01"], /^--from is "2026-13-01"/],
  [["--step", "5"], /^--step is "5", expected a duration such as/],
  [["--speed", "fast"], /^--speed is "fast", expected max, or a factor/],
  [["--param", "periods"], /^--param is "periods", expected name=value$/],
  [["--symbol", "btc"], /^--symbol is "btc", expected a pair$/],
])("parseCommandLine() refuses %j", (args, message) => {
  assert.throws(() => parse(...args), (error) => error instanceof UsageError && message.test(error.message));
});

Deno.test("parseCommandLine() refuses operands where there are none to take", () => {
  assert.throws(() => parseCommandLine({ ...command, operands: null }, ["x"]), /unexpected "x"/);
});

Deno.test("parseCommandLine() shows every flag with its default for --help, wherever it stands", () => {
  const help = parseCommandLine(command, ["--count", "3", "--help"]);
  assert(typeof help === "string");
  for (const name of Object.keys(flags)) assert(help.includes(`--${name}`), name);
  assert.match(help, /--step D +how far \[1s\]/);
  assert.match(help, /deno task try \[NAME\.\.\.\] \[flags\]/);
});

Deno.test.each([
  ["Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=Sec+re/t=;EntityPath=e", "Sec+re/t="],
  ["AccountName=a;AccountKey=Sec+re/t==;BlobEndpoint=http://h", "Sec+re/t=="],
  ["https://h/?sv=1&sig=Secret%2B&se=2", "Secret%2B"],
  ["SharedAccessSignature sr=x&sig=Secret&se=1", "Secret"],
  ["Authorization: Bearer Secret.token", "Secret.token"],
  ["AZURE_CLIENT_SECRET=Secret", "Secret"],
])("redact() hides the secret in %s", (given, secret) => {
  assert(!redact(given).includes(secret));
  assert(redact(given).includes("***"));
});
