/** A hub as a `--hubs` file names it. */
export interface NamedHub {
  readonly name: string;
  readonly partitions?: number;
  readonly consumerGroups?: readonly string[];
}

const known = ["name", "partitions", "consumerGroups"];

/**
 * Reads `{"hubs":[{"name":"ticks","partitions":4,"consumerGroups":["dashboard"]}]}`.
 *
 * @throws {Error} when the file can't be read, or isn't that: names the file and the field.
 */
export async function readHubsFile(path: string): Promise<NamedHub[]> {
  const wrong = (problem: string, cause?: unknown) =>
    new Error(`cannot use "${path}": ${problem}`, { cause });
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) throw wrong("there is no such file; check --hubs", cause);
    throw wrong(cause instanceof SyntaxError ? `it is no JSON, ${cause.message}` : String(cause), cause);
  }
  const hubs = (content as { hubs?: unknown } | null)?.hubs;
  if (!Array.isArray(hubs) || hubs.length === 0) throw wrong('expected {"hubs":[{"name":"ticks"}]}');
  return hubs.map((hub: Record<string, unknown>, index) => {
    const place = `hubs[${index}]`;
    const unknown = Object.keys(hub ?? {}).find((key) => !known.includes(key));
    if (unknown !== undefined) throw wrong(`${place}.${unknown} is unknown, expected ${known.join(", ")}`);
    const { name, partitions, consumerGroups } = hub ?? {};
    if (typeof name !== "string") throw wrong(`${place}.name is ${JSON.stringify(name)}, expected a text`);
    if (partitions !== undefined && typeof partitions !== "number") {
      throw wrong(`${place}.partitions is ${JSON.stringify(partitions)}, expected a number`);
    }
    const texts = Array.isArray(consumerGroups) && consumerGroups.every((group) => typeof group === "string");
    if (consumerGroups !== undefined && !texts) {
      throw wrong(`${place}.consumerGroups is ${JSON.stringify(consumerGroups)}, expected a list of texts`);
    }
    return hub as unknown as NamedHub;
  });
}
