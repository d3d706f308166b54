import { basename, dirname, join } from "node:path";

/** Writes a file whole: under a temporary name first, so that a reader, or a crash, never meets half of it. */
export async function writeWhole(path: string, content: Uint8Array | Iterable<string>): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${Deno.pid}.tmp`);
  try {
    await writeAll(temporary, content instanceof Uint8Array ? [content] : encoded(content));
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

async function writeAll(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const bytes of parts) {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  }
}

function* encoded(texts: Iterable<string>): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  for (const text of texts) yield encoder.encode(text);
}

/** A folder that goes with its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "ticklake-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
