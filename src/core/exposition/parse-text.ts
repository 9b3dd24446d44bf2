import type { Bytes } from "../bytes.ts";
import type { BlockTable } from "./block-table.ts";
import { COLON, HASH, LBRACE, LF, QUOTE } from "./char-codes.ts";
import { fail, peek, skipBlanks, type Cursor } from "./cursor.ts";
import { TooManySamplesError } from "./exposition-error.ts";
import { createFamilyTable, type Family, type Mention } from "./family-table.ts";
import { quoteBytes } from "./go-quote.ts";
import { emptyBlock, type LabelBlock } from "./label-block.ts";
import { decodeMetricName, isNameChar } from "./name-syntax.ts";
import { numberBlocks } from "./number-blocks.ts";
import type { ParsedBody, Role } from "./parsed-body.ts";
import { readComment, readRestOfLine, readWord } from "./read-comment.ts";
import { readLabelBlock, readNamedBlock } from "./read-label-block.ts";
import { readName } from "./read-name.ts";
import { parseNumber, readNumber, type NumberEnd } from "./read-number.ts";
import { checkHistogramValue, sampleRole } from "./sample-role.ts";

export interface ParseTextDeps {
  readonly bytes: Bytes;
  readonly blocks: BlockTable;
  /** Whether names may be any UTF-8 in quotes, as under the Pushgateway's `--push.enable-utf8-names`. */
  readonly utf8Names: boolean;
  readonly maxSamples: number;
}

/** The result while it grows. */
interface Rows extends Omit<ParsedBody, "families" | "distinctBlocks" | "blockOf"> {
  readonly familyOf: number[];
  readonly roles: Role[];
  readonly blocks: LabelBlock[];
  readonly values: number[];
  readonly valueStart: number[];
  readonly valueEnd: number[];
  timestampLine: number;
  duplicateLine: number;
}

interface Parse {
  readonly deps: ParseTextDeps;
  readonly body: Uint8Array;
  readonly cursor: Cursor;
  readonly rows: Rows;
  /** Those with samples. */
  readonly families: Family[];
  readonly mention: (name: string) => Mention;
  /** The name of the last sample line: in a family of twenty lines nineteen begin as the one before. */
  lastName: string;
  lastMention: Mention | undefined;
  readonly numberEnd: NumberEnd;
}

/**
 * Reads a whole body of text format 0.0.4. It accepts what expfmt accepts and refuses the rest in
 * its words, as an `ExpositionError`. Timestamps and labels that a block has twice are only
 * reported: whether they are wrong is for the caller to say.
 */
export function parseText(body: Uint8Array, deps: ParseTextDeps): ParsedBody {
  const parse = createParse(body, deps);
  const { cursor } = parse;
  for (; ; cursor.pos++) {
    cursor.line++;
    skipBlanks(cursor);
    if (cursor.pos >= cursor.text.length) break;
    const c = peek(cursor);
    if (c === HASH) {
      cursor.pos++;
      readComment(cursor, parse.mention, deps.utf8Names);
    } else if (c === LBRACE) {
      cursor.pos++;
      readNamedSample(parse);
    } else if (c !== LF) {
      readSample(parse);
    }
  }
  // A family with samples has a type by now; the default only tells the compiler so.
  const families = parse.families.map(({ name, type = "untyped", help }) => ({ name, type, help }));
  return { families, ...parse.rows, ...numberBlocks(parse.rows.blocks) };
}

function createParse(body: Uint8Array, deps: ParseTextDeps): Parse {
  const copy = (start: number, end: number): string => deps.bytes.latin1Slice(body, start, end);
  return {
    deps,
    body,
    cursor: { text: copy(0, body.length), copy, pos: 0, line: 0 },
    rows: {
      familyOf: [],
      roles: [],
      blocks: [],
      values: [],
      valueStart: [],
      valueEnd: [],
      timestampLine: 0,
      duplicateLine: 0,
      extras: undefined,
    },
    families: [],
    mention: createFamilyTable(),
    lastName: "",
    lastMention: undefined,
    numberEnd: { end: 0 },
  };
}

function readSample(parse: Parse): void {
  const { cursor } = parse;
  const mention = readMention(parse);
  skipBlanks(cursor);
  let block = emptyBlock;
  if (peek(cursor) === LBRACE) {
    cursor.pos++;
    block = readBlock(parse, mention.family.name);
  }
  readValue(parse, mention, block);
}

function readMention(parse: Parse): Mention {
  const { cursor, lastName, lastMention } = parse;
  if (lastMention !== undefined && cursor.text.startsWith(lastName, cursor.pos)) {
    const c = cursor.text.charCodeAt(cursor.pos + lastName.length);
    if (!isNameChar(c) && c !== COLON && c !== QUOTE) {
      cursor.pos += lastName.length;
      return lastMention;
    }
  }
  const start = cursor.pos;
  const latin1 = readName(cursor, "metric");
  if (latin1 === "") fail(cursor, "invalid metric name");
  const name =
    decodeMetricName(latin1, parse.deps.utf8Names) ??
    fail(cursor, `invalid metric name ${quoteBytes(latin1)}`);
  const mention = parse.mention(name);
  // A name in quotes is not what the line begins with.
  if (cursor.pos - start === name.length) {
    parse.lastName = name;
    parse.lastMention = mention;
  }
  return mention;
}

/** The cursor goes from just past `{` to just past `}`. */
function readBlock(parse: Parse, family: string): LabelBlock {
  const { cursor, deps } = parse;
  const known = deps.blocks.find(cursor.text, cursor.pos);
  if (known !== undefined) {
    cursor.pos += known.text.length + 1;
    return known.block;
  }
  const line = copyLine(cursor);
  const block = readLabelBlock(line, family, deps.utf8Names);
  cursor.pos += line.pos;
  deps.blocks.add(line.text.slice(0, line.pos - 1), block);
  return block;
}

/** A cursor on a copy of the line's rest: labels are slices of it and so keep one line in memory, not the body. */
function copyLine(cursor: Cursor): Cursor {
  const lineFeed = cursor.text.indexOf("\n", cursor.pos);
  const text = cursor.copy(cursor.pos, lineFeed === -1 ? cursor.text.length : lineFeed + 1);
  return { text, copy: (start, end) => text.slice(start, end), pos: 0, line: cursor.line };
}

/** A line that begins with `{`. These are rare, so their blocks are not kept. */
function readNamedSample(parse: Parse): void {
  const line = copyLine(parse.cursor);
  const { name, block } = readNamedBlock(line, parse.deps.utf8Names);
  parse.cursor.pos += line.pos;
  readValue(parse, parse.mention(name), block);
}

/** Reads the rest of a sample line and adds the sample. The cursor stops on the line feed. */
function readValue(parse: Parse, mention: Mention, block: LabelBlock): void {
  const { cursor, numberEnd } = parse;
  mention.family.type ??= "untyped";
  const role = sampleRole(mention, block, cursor.line);
  skipBlanks(cursor);
  const start = cursor.pos;
  let value = readNumber(parse.body, start, numberEnd, parse.deps.bytes);
  if (numberEnd.end !== -1) {
    cursor.pos = numberEnd.end;
  } else {
    const word = readWord(cursor);
    value = parseNumber(word) ?? fail(cursor, `expected float as value, got ${quoteBytes(word)}`);
  }
  const end = cursor.pos;
  if (block.duplicate !== undefined) parse.rows.duplicateLine ||= cursor.line;
  if (role !== undefined) {
    checkHistogramValue(mention, role, value, cursor.line);
    addSample(parse, mention.family, role, block, value, start, end);
  }
  if (peek(cursor) !== LF) readTimestamp(parse);
}

function addSample(
  { rows, families, deps: { maxSamples } }: Parse,
  family: Family,
  role: Role,
  block: LabelBlock,
  value: number,
  start: number,
  end: number,
): void {
  if (rows.values.length >= maxSamples) throw new TooManySamplesError(maxSamples);
  if (family.index === -1) {
    family.index = families.length;
    families.push(family);
  }
  rows.familyOf.push(family.index);
  rows.roles.push(role);
  rows.blocks.push(block);
  rows.values.push(value);
  rows.valueStart.push(start);
  rows.valueEnd.push(end);
}

/** No push may have one, which is for the caller to say; here it only has to be whole and of 64 bits. */
function readTimestamp({ cursor, rows }: Parse): void {
  skipBlanks(cursor);
  const word = readWord(cursor);
  if (!isInt64(word)) fail(cursor, `expected integer as timestamp, got ${quoteBytes(word)}`);
  const rest = readRestOfLine(cursor);
  if (rest !== "") fail(cursor, `spurious string after timestamp: ${quoteBytes(rest)}`);
  rows.timestampLine ||= cursor.line;
}

function isInt64(word: string): boolean {
  if (!/^[+-]?[0-9]+$/.test(word)) return false;
  const value = BigInt(word);
  return BigInt.asIntN(64, value) === value;
}
