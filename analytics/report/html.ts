/** Markup whose every value has been escaped. Only {@link html} makes it. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, lists are joined, `null` leaves nothing. */
export type Fragment = Html | string | number | null | readonly Fragment[];

/** Fills a template: ``html`<p title="${text}">${text}</p>` `` is safe in content and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...values: readonly Fragment[]): Html {
  return { markup: strings.reduce((markup, part, i) => markup + write(values[i - 1] ?? null) + part) };
}

function write(value: Fragment): string {
  if (value === null) return "";
  if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
  if ("markup" in value) return value.markup;
  return value.map(write).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
