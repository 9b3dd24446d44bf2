import type { Selector } from "../../core/selector/selector.ts";
import { parseSelector } from "./parse-selector.ts";

/** All of them, or what is wrong with the first that is none. */
export function parseSelectors(
  texts: readonly string[],
): { readonly ok: true; readonly selectors: Selector[] } | { readonly ok: false; readonly message: string } {
  const selectors: Selector[] = [];
  for (const text of texts) {
    const parsed = parseSelector(text);
    if (!parsed.ok) {
      return { ok: false, message: `${text.slice(0, 80)}: character ${parsed.at + 1}: ${parsed.message}` };
    }
    selectors.push(parsed.selector);
  }
  return { ok: true, selectors };
}
