import { deepEqual, equal, ok } from "node:assert/strict";
import { numberValues, textReader } from "#analytics/column_values.ts";
import { engines } from "./engines.ts";

/** More than a chunk of either engine, and no multiple of 8. */
const rows = 5003;
const numbers = Array.from({ length: rows }, (_, n) => n);

/** What SQL says of row n, and what it is, for each type. */
const cells: Readonly<Record<string, (n: number) => unknown>> = {
  "n - 2500": (n) => n - 2500,
  "cast(n % 100 as tinyint)": (n) => n % 100,
  "cast(n as smallint)": (n) => n,
  "cast(n as integer)": (n) => n,
  "n - 9007199254740991": (n) => n - 9007199254740991,
  "n / 8": (n) => n / 8,
  "cast(n / 8 as float)": (n) => n / 8,
  "n % 3 = 1": (n) => n % 3 === 1,
  "make_timestamp(n * 1001 - 1000)": (n) => (n * 1001 - 1000) / 1000,
  "case when n % 5 = 0 then 'up' else 'down' end": (n) => n % 5 === 0 ? "up" : "down",
  "'é' || n": (n) => `é${n}`,
  "'more than twelve bytes ' || n % 10": (n) => `more than twelve bytes ${n % 10}`,
  "'twelve bytes' || left('3', n % 2)": (n) => n % 2 === 0 ? "twelve bytes" : "twelve bytes3",
};

for (const [name, open] of engines) {
  const engine = await open();
  Deno.test.afterAll(async () => await engine[Symbol.asyncDispose]());

  const values = async (cell: string) =>
    (await engine.run(`select ${cell} as x from range(${rows}) r(n) order by n`)).columns[0]!.values;

  for (const [sql, expected] of Object.entries(cells)) {
    Deno.test(`${name}: ${sql} is read row by row, with null where it is null`, async () => {
      deepEqual(Array.from(await values(sql)), numbers.map(expected));
      const nullable = await values(`case when n % 7 <> 3 and n <> ${rows - 1} then ${sql} end`);
      deepEqual(
        Array.from(nullable),
        numbers.map((n) => n % 7 !== 3 && n !== rows - 1 ? expected(n) : null),
      );
    });
  }

  Deno.test(`${name}: numbers without a null are a typed array, even where there could be one`, async () => {
    ok(await values("n / 8") instanceof Float64Array);
    ok(await values("case when n >= 0 then n / 8 end") instanceof Float64Array);
  });
}

Deno.test("what lies where an integer is null may be beyond 2^53", () => {
  const items = BigInt64Array.from([5n, 2n ** 60n, -7n]);
  deepEqual(Array.from(numberValues("n", [{ rows: 3, valid: Uint8Array.of(0b101), items }], 1)), [
    5,
    null,
    -7,
  ]);
});

Deno.test("textReader() takes no text for another", () => {
  const words = Array.from({ length: 3000 }, (_, n) => `${"ab".repeat(n % 40)}${n % 1000}`);
  const read = textReader();
  for (const word of [...words, ...words]) {
    const bytes = new TextEncoder().encode(`<${word}>`);
    equal(read(bytes, 1, bytes.length - 1), word);
  }
});
