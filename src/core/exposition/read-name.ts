import { BACKSLASH, COLON, LF, LOWER_N, QUOTE } from "./char-codes.ts";
import { fail, peek, type Cursor } from "./cursor.ts";
import { quoteBytes, quoteChar } from "./go-quote.ts";
import { isNameChar, isNameStart } from "./name-syntax.ts";

/**
 * Reads a name and leaves the cursor on the character after it; "" if none begins here.
 * The result is what the bytes spell, one character for each, and may be more than a metric or a
 * label may be called: between quotes stands anything.
 */
export function readName(cursor: Cursor, kind: "metric" | "label"): string {
  const { text } = cursor;
  const start = cursor.pos;
  const colon = kind === "metric" ? COLON : -1;
  let c = peek(cursor);
  if (!isNameStart(c) && c !== colon && c !== QUOTE) return "";
  while (isNameChar(c) || c === colon) c = text.charCodeAt(++cursor.pos);
  if (c !== QUOTE) {
    peek(cursor);
    return cursor.copy(start, cursor.pos);
  }
  const quoted = readQuotedName(cursor, kind, cursor.copy(start, cursor.pos));
  peek(cursor);
  return quoted;
}

/** Quotes may open after the first letters: `a"b"` is `ab` to expfmt. The closing quote ends the name. */
function readQuotedName(cursor: Cursor, kind: string, before: string): string {
  let name = before;
  for (;;) {
    cursor.pos++;
    const c = peek(cursor);
    if (c === QUOTE) {
      cursor.pos++;
      return name;
    }
    if (c === LF) fail(cursor, `${kind} name ${quoteBytes(name)} contains unescaped new-line`);
    name += c === BACKSLASH ? readEscape(cursor) : String.fromCharCode(c);
  }
}

/**
 * Reads `\\`, `\"` or `\n`, the only escapes there are. The cursor goes from the backslash to the last character.
 * In OpenMetrics a backslash before any other character is one.
 */
export function readEscape(cursor: Cursor): string {
  cursor.pos++;
  const c = peek(cursor);
  if (c === LOWER_N) return "\n";
  if (cursor.dialect === "openmetrics" && c !== BACKSLASH && c !== QUOTE && c !== LF) {
    return `\\${String.fromCharCode(c)}`;
  }
  if (c !== BACKSLASH && c !== QUOTE) {
    fail(cursor, `invalid escape sequence '\\${quoteChar(c).slice(1, -1)}'`);
  }
  return String.fromCharCode(c);
}
