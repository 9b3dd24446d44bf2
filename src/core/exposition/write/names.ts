import { readRenderedLabels, renderLabels } from "../escape.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../name-syntax.ts";
import type { FamilyType } from "../parsed-body.ts";
import { escapeLabelName, escapeMetricName } from "./escape-name.ts";
import type { Escaping } from "./format.ts";
import type { ShownFamily } from "./metric.ts";

/** The family under the name that the client reads. */
export function shownFamily(name: string, type: FamilyType, escaping: Escaping): ShownFamily {
  const shown = escapeMetricName(name, escaping);
  return { name: shown, type, isLegacy: isLegacyMetricName(shown) };
}

/** Labels (text with braces) under the names that the client reads; undefined where two of them would have one name. */
export function shownLabels(text: string, escaping: Escaping): string | undefined {
  if (escaping === "allow-utf-8" || !mayHaveQuotedNames(text)) return text;
  const given = readRenderedLabels(text);
  if (given.every((label, i) => i % 2 === 1 || isLegacyLabelName(label))) return text;
  const labels = given.map((label, i) => (i % 2 === 0 ? escapeLabelName(label, escaping) : label));
  const names = new Set(labels.filter((_, i) => i % 2 === 0));
  return names.size < labels.length / 2 ? undefined : renderLabels(labels);
}

/** Whether quotes stand where a name may begin. A value that ends in a brace or a comma looks so, too. */
export function mayHaveQuotedNames(text: string): boolean {
  return text.startsWith('{"') || text.includes(',"');
}
