import { type Framed, margin } from "./frame.ts";
import { type Scales, scalesOf } from "./scales.ts";
import { slim } from "./slim.ts";
import { fontFamily } from "./theme.ts";

/** Vega-lite tells of oddities through a logger; a library prints nothing. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};

/** What a reader who can't see the picture is told. */
export interface About {
  readonly title: string;
  readonly description: string;
}

/** Draws a specification as a standalone SVG of exactly its size. */
export async function render(framed: Framed, about: About): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const { width, height } = framed;
  // deno-lint-ignore no-explicit-any -- the specification is plain JSON here, vega-lite's own type would take over
  const compiled = vegaLite.compile(framed.spec as any, { logger: silent as any }).spec;
  const sized = {
    ...compiled,
    autosize: { type: "none" as const },
    width: width - margin.left - margin.right,
    height: height - margin.top - margin.pane - margin.bottom,
    padding: { left: margin.left, right: margin.right, top: margin.top + margin.pane, bottom: margin.bottom },
  };
  const view = new vega.View(vega.parse(sized), { renderer: "none", logLevel: vega.None });
  try {
    const svg = slim(await view.toSVG());
    return withHead(svg, about, scalesOf(framed, (name) => numericDomain(view.scale(name))));
  } finally {
    view.finalize();
  }
}

/** Vega's scales are functions with properties; one of categories has no way back from pixels. */
function numericDomain(scale: { domain?: () => unknown[]; invert?: unknown } | undefined) {
  if (!scale?.invert) return undefined;
  const [from, to] = scale.domain?.() ?? [];
  return [Number(from), Number(to)] as const;
}

/** Role, font, title, description and scales, at the root. */
function withHead(svg: string, { title, description }: About, scales: Scales | undefined): string {
  const head = [
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    scales ? `<metadata>${JSON.stringify(scales)}</metadata>` : "",
  ].join("");
  const roles = `role="img" aria-labelledby="title desc" font-family="${fontFamily}"`;
  const opened = svg.replace(
    /^<svg([^>]*)>/,
    (_, attributes: string) => `<svg${attributes} ${roles}>${head}`,
  );
  // What XML 1.0 has no way to write would make the whole picture unreadable.
  // deno-lint-ignore no-control-regex
  return opened.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
