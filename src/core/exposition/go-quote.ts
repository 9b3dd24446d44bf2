import { decodeUtf8 } from "./utf8.ts";

// What Go calls printable, `unicode.IsPrint`.
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
]);

/** Text as Go's `%q` prints it. The messages of the Pushgateway's parser quote what they found so. */
export function quote(text: string): string {
  let quoted = "";
  for (const char of text) quoted += char === '"' ? '\\"' : escapeChar(char);
  return `"${quoted}"`;
}

/** The same for bytes (one character for each); those that are not UTF-8 come out as `\xff`. */
export function quoteBytes(latin1: string): string {
  const text = decodeUtf8(latin1);
  return text === undefined ? quoteInvalid(latin1) : quote(text);
}

/** Go's `%q` of one byte, which it takes for a code point: `'c'`. */
export function quoteChar(c: number): string {
  const char = String.fromCodePoint(c);
  return `'${char === "'" ? "\\'" : escapeChar(char)}'`;
}

function quoteInvalid(latin1: string): string {
  let quoted = "";
  for (let i = 0; i < latin1.length;) {
    const char = charAt(latin1, i);
    quoted += char === undefined ? `\\x${hex(latin1.charCodeAt(i), 2)}` : quote(char.text).slice(1, -1);
    i += char === undefined ? 1 : char.size;
  }
  return `"${quoted}"`;
}

/** The code point that begins at byte `i`, or undefined: none is longer than four bytes. */
function charAt(latin1: string, i: number): { readonly text: string; readonly size: number } | undefined {
  for (let size = 1; size <= 4; size++) {
    const text = decodeUtf8(latin1.slice(i, i + size));
    if (text !== undefined) return { text, size };
  }
  return undefined;
}

function escapeChar(char: string): string {
  const short = SHORT.get(char);
  if (short !== undefined) return short;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
