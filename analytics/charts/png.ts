import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);
const fonts = ["400", "600"].map((weight) => `@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);

/** Started once a process, by the first picture. */
let started: ReturnType<typeof start> | undefined;

async function start() {
  const [{ initWasm, Resvg }, wasm, ...fontBuffers] = await Promise.all([
    import("@resvg/resvg-wasm"),
    Deno.readFile(resolve("@resvg/resvg-wasm/index_bg.wasm")),
    ...fonts.map((font) => Deno.readFile(resolve(font))),
  ]);
  await initWasm(wasm);
  return { Resvg, fontBuffers };
}

/**
 * Renders an SVG as PNG in Inter, which comes with the project: the same bytes on every machine. Needs read access to
 * the package cache.
 *
 * @param options.scale pixels of the PNG a pixel of the SVG; 1.5 unless told, which makes a picture 1440 pixels wide
 */
export async function toPng(svg: string, options: { readonly scale?: number } = {}): Promise<Uint8Array> {
  const { Resvg, fontBuffers } = await (started ??= start());
  const picture = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: "Inter" },
    fitTo: { mode: "zoom", value: options.scale ?? 1.5 },
  });
  try {
    const image = picture.render();
    try {
      return image.asPng();
    } finally {
      image.free();
    }
  } finally {
    picture.free();
  }
}
