import type { ReportSection } from "#analytics/report.ts";
import { type Html, html } from "./html.ts";

/** A chart in both themes, inside the page; on paper it is always the light one. */
export function picture({ light, dark }: ReportSection["charts"][number], title: string): Html {
  const { width, height, description, scales } = readSvg(light);
  const live = scales === null ? null : html`
    data-scales="${scales}"
  `;
  return html`
    <figure${live}>
      <div class="scroll" role="region" tabindex="0" aria-label="${title}, chart">
        <picture>
          <source media="screen and (prefers-color-scheme: dark)" srcset="${dataUri(dark)}">
          <img src="${dataUri(light)}" width="${width}" height="${height}" alt="${title}. ${description}"
            decoding="async">
        </picture>
      </div>
      </figure>
  `;
}

/** Percent-encoded, since a picture is mostly figures: a quarter smaller than in base64. */
function dataUri(svg: string): string {
  return `data:image/svg+xml,${encodeURI(svg.toWellFormed()).replaceAll("#", "%23")}`;
}

/**
 * What a chart says of itself.
 *
 * @throws {TypeError} when the text is no SVG with a width and a height.
 */
function readSvg(
  svg: string,
): {
  readonly width: string;
  readonly height: string;
  readonly description: string;
  readonly scales: string | null;
} {
  const [root = ""] = /^<svg[^>]*>/.exec(svg) ?? [];
  const [, width] = / width="(\d+)"/.exec(root) ?? [];
  const [, height] = / height="(\d+)"/.exec(root) ?? [];
  if (!width || !height) {
    throw new TypeError(
      `Cannot put a picture into the report: it begins "${svg.slice(0, 40)}", expected an SVG with a size`,
    );
  }
  const [, scales = null] = /<metadata>([^<]*)<\/metadata>/.exec(svg) ?? [];
  const [, description = ""] = /<desc[^>]*>([^<]*)<\/desc>/.exec(svg) ?? [];
  return { width, height, description: plain(description), scales };
}

function plain(xml: string): string {
  return xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
