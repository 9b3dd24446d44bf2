import { BACKSLASH, LF, SPACE, TAB } from "./char-codes.ts";
import { fail, peek, skipBlanks, type Cursor } from "./cursor.ts";
import type { Family, Mention } from "./family-table.ts";
import { quote, quoteBytes } from "./go-quote.ts";
import { decodeMetricName } from "./name-syntax.ts";
import type { FamilyType } from "./parsed-body.ts";
import { readEscape, readName } from "./read-name.ts";
import { decodeUtf8Lossy } from "./utf8.ts";

/** By upper case, as expfmt looks them up; the two spellings of the last are the protobuf's and OpenMetrics'. */
const TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ["COUNTER", "counter"],
  ["GAUGE", "gauge"],
  ["SUMMARY", "summary"],
  ["UNTYPED", "untyped"],
  ["HISTOGRAM", "histogram"],
  ["GAUGE_HISTOGRAM", "gaugehistogram"],
  ["GAUGEHISTOGRAM", "gaugehistogram"],
]);

/**
 * Reads a line from behind its `#` to its line feed. Only HELP and TYPE mean something, in any
 * distance from the `#`; `# EOF` and `# UNIT` are comments like any other.
 */
export function readComment(cursor: Cursor, mention: (name: string) => Mention, utf8Names: boolean): void {
  skipBlanks(cursor);
  const keyword = readWord(cursor);
  if (keyword !== "HELP" && keyword !== "TYPE") return skipLine(cursor);
  skipBlanks(cursor);
  const latin1 = readName(cursor, "metric");
  const c = peek(cursor);
  if (c === LF) return;
  if (c !== SPACE && c !== TAB) fail(cursor, "invalid metric name in comment");
  const name =
    decodeMetricName(latin1, utf8Names) ?? fail(cursor, `invalid metric name ${quoteBytes(latin1)}`);
  const { family } = mention(name);
  skipBlanks(cursor);
  if (peek(cursor) === LF) return;
  if (keyword === "HELP") readHelp(cursor, family);
  else readType(cursor, family);
}

/** Reads up to the next blank or line feed. */
export function readWord(cursor: Cursor): string {
  const start = cursor.pos;
  let c = peek(cursor);
  while (c !== SPACE && c !== TAB && c !== LF) {
    cursor.pos++;
    c = peek(cursor);
  }
  return cursor.text.slice(start, cursor.pos);
}

/** Goes to the line feed; past the end of the body that is a failure. */
function skipLine(cursor: Cursor): void {
  const end = cursor.text.indexOf("\n", cursor.pos);
  cursor.pos = end === -1 ? cursor.text.length : end;
  peek(cursor);
}

function readHelp(cursor: Cursor, family: Family): void {
  if (family.help !== undefined) fail(cursor, `second HELP line for metric name ${quote(family.name)}`);
  const start = cursor.pos;
  skipLine(cursor);
  let help = cursor.copy(start, cursor.pos);
  if (help.includes("\\")) {
    cursor.pos = start;
    help = readEscapedHelp(cursor);
  }
  // HELP that is not UTF-8 is mended: it says nothing about a value, so it is no reason to lose one.
  family.help = decodeUtf8Lossy(help);
}

/** HELP may have the escapes of a label value, `\"` among them: see PGW-133. */
function readEscapedHelp(cursor: Cursor): string {
  let help = "";
  for (let c = peek(cursor); c !== LF; c = peek(cursor)) {
    help += c === BACKSLASH ? readEscape(cursor) : String.fromCharCode(c);
    cursor.pos++;
  }
  return help;
}

function readType(cursor: Cursor, family: Family): void {
  if (family.type !== undefined)
    fail(cursor, `second TYPE line for metric name ${quote(family.name)}, or TYPE reported after samples`);
  const word = readRestOfLine(cursor);
  family.type = TYPES.get(word.toUpperCase()) ?? fail(cursor, `unknown metric type ${quoteBytes(word)}`);
}

/** Reads up to the line feed, without backslashes: expfmt loses them where it knows no escapes. */
export function readRestOfLine(cursor: Cursor): string {
  const start = cursor.pos;
  skipLine(cursor);
  return cursor.text.slice(start, cursor.pos).replaceAll("\\", "");
}
