import { deepEqual, equal } from "node:assert/strict";
import { parameterNames, replaceParameters, splitStatements } from "#analytics/sql_text.ts";

const sql = `select '$no;', "$no;", 'it''s $no' -- $no;
/* $no; */ , $periods, $from, $periods`;

Deno.test("parameterNames() passes over strings, quoted names and comments", () => {
  deepEqual(parameterNames(sql), ["periods", "from"]);
});

Deno.test("replaceParameters() leaves all else as it is", () => {
  equal(replaceParameters(sql, (name) => `<${name}>`), sql.replaceAll(/\$(periods|from)/g, "<$1>"));
});

Deno.test("splitStatements() splits between statements only", () => {
  deepEqual(splitStatements(`${sql};\nselect 2; -- the end;\n`), [sql, "\nselect 2"]);
});

Deno.test("splitStatements() finds nothing in comments", () => {
  deepEqual(splitStatements("-- nothing\n/* here; */\n"), []);
});
