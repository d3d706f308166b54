import { deepEqual, equal, throws } from "node:assert/strict";
import { AnalysisError, parseAnalysis } from "#analytics/analysis.ts";
import { readAnalyses } from "#analytics/catalog.ts";

const lines = [
  "-- title: Moving average",
  "-- about: Trailing mean,",
  "--   per symbol.",
  "-- param: periods integer = 5 min 1 max 100 | how many prices",
  "-- column: time timestamp | UTC",
  "-- column: moving_avg double | USD | of the prices",
  "-- chart: line x=time y=moving_avg,time",
  "-- check: moving_avg > 0",
  "-- check: moving_avg < 9",
  "select time, avg(price) over (rows $periods preceding) as moving_avg from ticks",
];
const text = lines.join("\n");

Deno.test("parseAnalysis() reads every note", () => {
  deepEqual(parseAnalysis("sql/analyses/moving_average.sql", text), {
    name: "moving_average",
    title: "Moving average",
    about: "Trailing mean, per symbol.",
    parameters: [{
      name: "periods",
      type: "integer",
      default: 5,
      min: 1,
      max: 100,
      choices: null,
      about: "how many prices",
    }],
    columns: [
      { name: "time", type: "timestamp", about: "UTC" },
      { name: "moving_avg", type: "double", about: "USD | of the prices" },
    ],
    charts: [{ kind: "line", channels: { x: ["time"], y: ["moving_avg", "time"] } }],
    checks: ["moving_avg > 0", "moving_avg < 9"],
    model: null,
    sql: text,
  });
});

/** What replaces which line of the good one, and the message that must come of it. */
const mistakes: [number, string, RegExp][] = [
  [1, "-- titel: Moving average", /^a\.sql:1: key "titel" is unknown, expected one of title, about/],
  [1, "-- about: twice", /^a\.sql:2: "about" is repeated/],
  [1, "-- a remark", /^a\.sql:1: expected "-- key: value"/],
  [1, "-- title:", /^a\.sql:1: "title" is empty/],
  [1, "-- check: time is not null", /^a\.sql: the header has no "-- title: \.\.\."/],
  [4, "-- param: periods number = 5 | how many", /^a\.sql:4: expected "name text\|double/],
  [
    4,
    "-- param: periods integer = 5.5 | how many",
    /^a\.sql:4: default of "periods" is 5.5, expected a whole number/,
  ],
  [
    4,
    "-- param: periods integer = 5 min 6 | how many",
    /^a\.sql:4: default .* expected a whole number, 6 or more/,
  ],
  [4, "-- param: periods integer = 5 min one | how many", /^a\.sql:4: min of "periods" is one/],
  [
    4,
    "-- param: period integer = 5 | how many",
    /^a\.sql:4: parameter "period" is declared but \$period is not used/,
  ],
  [4, "-- check: 1 = 1", /^a\.sql: \$periods is used but not declared; add "-- param: periods/],
  [5, "-- column: moving_avg double | twice", /^a\.sql:6: column "moving_avg" is repeated/],
  [5, "-- column: time date | UTC", /^a\.sql:5: expected "name text\|double/],
  [7, "-- model: spike_and_dip", /^a\.sql:8: a check is of what the SQL selects, and a model changes that/],
  [7, "-- chart: line x=hour", /^a\.sql:7: chart uses the column "hour", which is not declared/],
  [7, "-- chart: line x=time x=time", /^a\.sql:7: channel "x" is repeated/],
  [7, "-- chart: line time", /^a\.sql:7: expected "kind channel=column/],
  [7, "-- chart: line", /^a\.sql:7: chart "line" has no channels/],
  [10, "", /^a\.sql: has 0 statements, expected one/],
  [
    4,
    "-- param: step step = 1 minute | bars",
    /^a\.sql:4: parameter "step" is a step, but the table bars is not read/,
  ],
  [
    4,
    "-- param: step step = fast | bars",
    /^a\.sql:4: default of "step" is fast, expected tick, or a length such as/,
  ],
  [
    10,
    "select $periods from bars",
    /^a\.sql: reads bars with 0 steps declared, expected one "-- param: step step/,
  ],
  [10, "select $periods; select 2", /^a\.sql: has 2 statements, expected one/],
];

Deno.test.each(mistakes)("parseAnalysis() refuses line %i as %s", (line, mistake, message) => {
  const wrong = lines.with(line - 1, mistake).join("\n");
  throws(
    () => parseAnalysis("a.sql", wrong),
    (error) => error instanceof AnalysisError && message.test(error.message),
  );
});

Deno.test("parseAnalysis() keeps file, line and SQL in its error", () => {
  const wrong = lines.with(4, "-- colum: x").join("\n");
  throws(() => parseAnalysis("a.sql", wrong), { name: "AnalysisError", file: "a.sql", line: 5, sql: wrong });
});

Deno.test.each([["A.sql"], ["moving average.sql"], ["moving_average.txt"], [".sql"]])(
  "parseAnalysis() refuses the file name %s",
  (file) => {
    throws(() => parseAnalysis(file, text), /the file's name must be a-z, 0-9 and _/);
  },
);

Deno.test("readAnalyses() reads all of the project's, by name", async () => {
  const names = (await readAnalyses()).map(({ name }) => name);
  deepEqual(names, names.toSorted());
  equal(names.includes("moving_average"), true);
});

Deno.test("the project's analyses begin with symbol and time", async () => {
  for (const { name, columns } of await readAnalyses()) {
    deepEqual(columns.slice(0, 2).map((column) => column.name), ["symbol", "time"], name);
  }
});
