import { type Analysis, parseAnalysis } from "./analysis.ts";

/** Where the analyses of this project are. */
const analysesFolder = new URL("../sql/analyses/", import.meta.url);

/**
 * Reads every `.sql` file of a folder, in the order of their names.
 *
 * @throws {AnalysisError} for the first file that is written wrongly.
 */
export async function readAnalyses(folder: URL = analysesFolder): Promise<Analysis[]> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name.endsWith(".sql")) names.push(name);
  }
  return await Promise.all(
    names.sort().map(async (name) => parseAnalysis(name, await Deno.readTextFile(new URL(name, folder)))),
  );
}
