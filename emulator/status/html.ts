/** Text that is HTML already and must not be escaped again. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Html[];

/** A template whose every value is escaped, unless it is HTML made by this same template. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { html: parts.map((part, index) => part + text(values[index] ?? "")).join("") };
}

function text(value: Value): string {
  if (typeof value === "string" || typeof value === "number") return escape(String(value));
  return "html" in value ? value.html : value.map((item) => item.html).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
