/** A piece of a page. Only `html` and `join` make one, so what is in it has been escaped. */
export interface Html {
  readonly html: string;
}

/** Text between tags and in quoted attributes is escaped; pieces, and lists of them, stand as they are. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  let text = strings[0] ?? "";
  for (const [i, value] of values.entries()) text += render(value) + (strings[i + 1] ?? "");
  return { html: text };
}

function render(value: string | number | Html | readonly Html[]): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return "html" in value ? value.html : value.map((each) => each.html).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
