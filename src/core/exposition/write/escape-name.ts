import { COLON } from "../char-codes.ts";
import { isLegacyLabelName, isLegacyMetricName, isNameChar, isNameStart } from "../name-syntax.ts";
import type { Escaping } from "./format.ts";

/** The name of a metric as a client with that escaping reads it. */
export function escapeMetricName(name: string, escaping: Escaping): string {
  return escaping === "allow-utf-8" || isLegacyMetricName(name) ? name : escapeWith(escaping, name, COLON);
}

/** The same of a label, whose name may have no colon. */
export function escapeLabelName(name: string, escaping: Escaping): string {
  return escaping === "allow-utf-8" || isLegacyLabelName(name) ? name : escapeWith(escaping, name, undefined);
}

type Escape = (char: string, isAllowed: boolean) => string;

/**
 * Prometheus's own three ways: `underscores` cannot be read back, `dots` only where there is nothing but dots
 * to escape, `values` always.
 */
const ESCAPES: { readonly [E in Exclude<Escaping, "allow-utf-8">]: Escape } = {
  underscores: (char, isAllowed) => (isAllowed ? char : "_"),
  dots(char, isAllowed) {
    if (char === "_") return "__";
    if (char === ".") return "_dot_";
    return isAllowed ? char : "__";
  },
  values(char, isAllowed) {
    if (char === "_") return "__";
    return isAllowed ? char : `_${(char.codePointAt(0) ?? 0).toString(16)}_`;
  },
};

function escapeWith(
  escaping: Exclude<Escaping, "allow-utf-8">,
  name: string,
  alsoAllowed: number | undefined,
): string {
  const escape = ESCAPES[escaping];
  let text = escaping === "values" ? "U__" : "";
  let isFirst = true;
  for (const char of name) {
    const c = char.charCodeAt(0);
    text += escape(char, c === alsoAllowed || (isFirst ? isNameStart(c) : isNameChar(c)));
    isFirst = false;
  }
  return text;
}
