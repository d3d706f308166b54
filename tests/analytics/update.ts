/** Whether golden files are to be written anew: `deno test ... -- --update`. For people only: CI compares. */
export const isUpdate = Deno.args.includes("--update");
if (isUpdate && Deno.env.get("CI") !== undefined) throw new Error("--update is refused where CI is set");
