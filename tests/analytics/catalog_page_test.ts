import { equal } from "node:assert/strict";
import { readAnalyses } from "#analytics/catalog.ts";
import { renderCatalog } from "#analytics/catalog_page.ts";
import { isUpdate } from "./update.ts";

Deno.test("docs/analyses.md is what the headers say", async () => {
  const page = new URL("../../docs/analyses.md", import.meta.url);
  const rendered = renderCatalog(await readAnalyses());
  if (isUpdate) await Deno.writeTextFile(page, rendered);
  equal(rendered, await Deno.readTextFile(page));
});
