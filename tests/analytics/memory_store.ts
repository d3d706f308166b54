import type { Store } from "#pipeline/store/store.ts";

/** Blobs in memory, by name; counts what was asked of it. */
export interface MemoryStore extends Store {
  readonly gets: string[];
}

/** A store that holds what it is given: texts or bytes by name. */
export function memoryStore(given: Readonly<Record<string, string | Uint8Array>>): MemoryStore {
  const utf8 = new TextEncoder();
  const blobs = new Map(
    Object.entries(given).map((
      [name, content],
    ) => [name, typeof content === "string" ? utf8.encode(content) : content]),
  );
  const gets: string[] = [];
  return {
    gets,
    put: () => Promise.reject(new Error("analytics never writes")),
    async *list(prefix) {
      const names = [...blobs.keys()].filter((name) => name.startsWith(prefix)).sort();
      for (const name of names) {
        yield await Promise.resolve({ name, sizeBytes: blobs.get(name)!.length, metadata: null });
      }
    },
    get(name) {
      gets.push(name);
      const bytes = blobs.get(name);
      return bytes === undefined
        ? Promise.reject(new Error(`no blob "${name}"`))
        : Promise.resolve(bytes.slice());
    },
  };
}
