import { BACKSLASH, COMMA, EQUALS, LF, QUOTE, RBRACE } from "./char-codes.ts";
import { fail, peek, skipBlanks, type Cursor } from "./cursor.ts";
import { quote, quoteBytes, quoteChar } from "./go-quote.ts";
import { createLabelBlock, type LabelBlock } from "./label-block.ts";
import { decodeLabelName, decodeMetricName } from "./name-syntax.ts";
import { readEscape, readName } from "./read-name.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Reads a label block. The cursor goes from just past `{` to just past `}`. */
export function readLabelBlock(cursor: Cursor, family: string, utf8Names: boolean): LabelBlock {
  const pairs: [string, string][] = [];
  for (;;) {
    const latin1 = readLabelName(cursor, family);
    if (latin1 === undefined) return createLabelBlock(pairs);
    const c = peek(cursor);
    if (c !== EQUALS) fail(cursor, `expected '=' after label name, found ${quoteChar(c)}`);
    pairs.push(readPair(cursor, latin1, utf8Names));
  }
}

/**
 * Reads a block that has the metric name within, bare or quoted: `{"a.b",l="v"}`.
 * expfmt takes the name at any place in it, so do we.
 */
export function readNamedBlock(cursor: Cursor, utf8Names: boolean): { name: string; block: LabelBlock } {
  const pairs: [string, string][] = [];
  let name: string | undefined;
  for (;;) {
    const latin1 = readLabelName(cursor, name ?? "");
    if (latin1 === undefined) break;
    const c = peek(cursor);
    if (c === EQUALS) {
      pairs.push(readPair(cursor, latin1, utf8Names));
      continue;
    }
    if (name !== undefined) fail(cursor, `multiple metric names for metric ${quote(name)}`);
    if (c !== COMMA && c !== RBRACE) fail(cursor, `unexpected end of metric name ${quoteChar(c)}`);
    name = decodeMetricName(latin1, utf8Names) ?? fail(cursor, `invalid metric name ${quoteBytes(latin1)}`);
    if (c === COMMA) cursor.pos++;
  }
  if (name === undefined) fail(cursor, "invalid metric name");
  return { name, block: createLabelBlock(pairs) };
}

/** Reads what stands before `=`; undefined if the block ends instead, and then the cursor is past its `}`. */
function readLabelName(cursor: Cursor, family: string): string | undefined {
  skipBlanks(cursor);
  if (peek(cursor) === RBRACE) {
    cursor.pos++;
    return undefined;
  }
  const latin1 = readName(cursor, "label");
  if (latin1 === "") fail(cursor, `invalid label name for metric ${quote(family)}`);
  skipBlanks(cursor);
  return latin1;
}

/** Goes from `=` to past the comma or onto the `}` that ends the pair. */
function readPair(cursor: Cursor, latin1: string, utf8Names: boolean): [string, string] {
  if (latin1 === "__name__") fail(cursor, `label name "__name__" is reserved`);
  const name = decodeLabelName(latin1, utf8Names) ?? fail(cursor, `invalid label name ${quoteBytes(latin1)}`);
  cursor.pos++;
  skipBlanks(cursor);
  const open = peek(cursor);
  if (open !== QUOTE) fail(cursor, `expected '"' at start of label value, found ${quoteChar(open)}`);
  const bytes = readLabelValue(cursor);
  const value = decodeUtf8(bytes) ?? fail(cursor, `invalid label value ${quoteBytes(bytes)}`);
  skipBlanks(cursor);
  const c = peek(cursor);
  if (c === COMMA) cursor.pos++;
  else if (c !== RBRACE) fail(cursor, `unexpected end of label value ${quoteBytes(bytes)}`);
  return [name, value];
}

/** Goes from the opening quote to past the closing one. */
function readLabelValue(cursor: Cursor): string {
  const start = cursor.pos + 1;
  let c = 0;
  do c = cursor.text.charCodeAt(++cursor.pos);
  while (c !== QUOTE && c !== BACKSLASH && c !== LF && c === c);
  if (c !== QUOTE) return readEscapedValue(cursor, cursor.text.slice(start, cursor.pos));
  return cursor.text.slice(start, cursor.pos++);
}

function readEscapedValue(cursor: Cursor, before: string): string {
  let value = before;
  for (;;) {
    const c = peek(cursor);
    if (c === LF) fail(cursor, `label value ${quoteBytes(value)} contains unescaped new-line`);
    if (c !== QUOTE) value += c === BACKSLASH ? readEscape(cursor) : String.fromCharCode(c);
    cursor.pos++;
    if (c === QUOTE) return value;
  }
}
