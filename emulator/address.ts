/** What a link's address names. */
export type Address =
  | { readonly kind: "cbs" }
  /** `$management` alone, or `hub/$management`. */
  | { readonly kind: "management" }
  | { readonly kind: "producer"; readonly hub: string; readonly partition?: string }
  | { readonly kind: "consumer"; readonly hub: string; readonly group: string; readonly partition: string };

/**
 * Reads a link's address: `$cbs`, `$management`, `hub`, `hub/Partitions/N` or `hub/ConsumerGroups/G/Partitions/N`, with
 * or without `amqp://host/` in front, in any case.
 *
 * @returns undefined when it is none of these
 */
export function parseAddress(address: string): Address | undefined {
  const path = address.replace(/^[a-z]+:\/\/[^/]*\//i, "").replace(/\/$/, "");
  const [hub, ...parts] = path.split("/").map(unescaped);
  const names = parts.map((part) => part.toLowerCase());
  if (!hub) return undefined;
  if (path === "$cbs") return { kind: "cbs" };
  if (path === "$management" || (parts.length === 1 && names[0] === "$management")) {
    return { kind: "management" };
  }
  if (parts.length === 0) return { kind: "producer", hub };
  if (parts.length === 2 && names[0] === "partitions") return { kind: "producer", hub, partition: parts[1]! };
  if (parts.length === 4 && names[0] === "consumergroups" && names[2] === "partitions") {
    return { kind: "consumer", hub, group: parts[1]!, partition: parts[3]! };
  }
  return undefined;
}

/** The path under which tokens grant an entity. */
export function pathOf(address: Extract<Address, { readonly hub: string }>): string {
  const partition = address.partition === undefined ? "" : `/Partitions/${address.partition}`;
  return address.kind === "consumer"
    ? `${address.hub}/ConsumerGroups/${address.group}${partition}`
    : `${address.hub}${partition}`;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
