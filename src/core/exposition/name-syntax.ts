import { COLON, LOWER_A, NINE, ZERO } from "./char-codes.ts";
import { decodeUtf8 } from "./utf8.ts";

const LOWER_Z = 0x7a;
const UNDERSCORE = 0x5f;
/** The bit by which an ASCII letter differs from its upper case. */
const CASE_BIT = 0x20;

/** What a name may begin with where the whole of UTF-8 is not allowed. A metric name may also have `:`. */
export function isNameStart(c: number): boolean {
  const lower = c | CASE_BIT;
  return (lower >= LOWER_A && lower <= LOWER_Z) || c === UNDERSCORE;
}

export function isNameChar(c: number): boolean {
  return isNameStart(c) || (c >= ZERO && c <= NINE);
}

/** Whether a label name needs no quotes. */
export function isLegacyLabelName(name: string): boolean {
  if (!isNameStart(name.charCodeAt(0))) return false;
  for (let i = 1; i < name.length; i++) if (!isNameChar(name.charCodeAt(i))) return false;
  return true;
}

/** Whether a metric name needs no quotes. */
export function isLegacyMetricName(name: string): boolean {
  const first = name.charCodeAt(0);
  if (!isNameStart(first) && first !== COLON) return false;
  for (let i = 1; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (!isNameChar(c) && c !== COLON) return false;
  }
  return true;
}

/** The name that `latin1` (one character for each byte) spells, or undefined if metrics may not be called so. */
export function decodeMetricName(latin1: string, utf8Names: boolean): string | undefined {
  if (isLegacyMetricName(latin1)) return latin1;
  return utf8Names && latin1 !== "" ? decodeUtf8(latin1) : undefined;
}

/** The same for a label. */
export function decodeLabelName(latin1: string, utf8Names: boolean): string | undefined {
  if (isLegacyLabelName(latin1)) return latin1;
  return utf8Names && latin1 !== "" ? decodeUtf8(latin1) : undefined;
}
