import type { Labels } from "../exposition/label-block.ts";

/** A text in JSON as Go writes it: what could end a script in a page is escaped. */
export function jsonText(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An object of names and values that are JSON already, in the order given. */
export function jsonObject(fields: readonly (readonly [name: string, json: string])[]): string {
  return `{${fields.map(([name, json]) => `${jsonText(name)}:${json}`).join(",")}}`;
}

export function jsonLabels(labels: Labels): string {
  const pairs = Array.from(
    { length: labels.length / 2 },
    (_, i) => [labels[2 * i] ?? "", jsonText(labels[2 * i + 1] ?? "")] as const,
  );
  return jsonObject(pairs);
}
