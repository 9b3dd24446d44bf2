import { HASH, LBRACE, LF, SPACE } from "../char-codes.ts";
import { fail, peek, type Cursor } from "../cursor.ts";
import { quote, quoteBytes } from "../go-quote.ts";
import { emptyBlock, type LabelBlock } from "../label-block.ts";
import { decodeMetricName } from "../name-syntax.ts";
import type { Exemplar } from "../parsed-body.ts";
import { readLabelBlock, readNamedBlock } from "../read-label-block.ts";
import { readName } from "../read-name.ts";
import { parseNumber } from "../read-number.ts";

export interface SampleLine {
  readonly name: string;
  readonly block: LabelBlock;
  readonly value: number;
  readonly hasTimestamp: boolean;
  readonly exemplar: Exemplar | undefined;
}

/** Of names and values of an exemplar's labels together. */
const MAX_EXEMPLAR_CHARACTERS = 128;

/** Reads `name[{labels}] value[ timestamp][ # {labels} value[ timestamp]]`, with single spaces and nothing else. */
export function readSampleLine(cursor: Cursor, utf8Names: boolean): SampleLine {
  const { name, block } = readSeries(cursor, utf8Names);
  const value = readNumberAfterSpace(cursor, "value");
  const hasTimestamp = peek(cursor) === SPACE && cursor.text.charCodeAt(cursor.pos + 1) !== HASH;
  if (hasTimestamp) readNumberAfterSpace(cursor, "timestamp");
  const exemplar = peek(cursor) === SPACE ? readExemplar(cursor, utf8Names) : undefined;
  if (peek(cursor) !== LF) fail(cursor, `expected the end of the line, got ${rest(cursor)}`);
  return { name, block, value, hasTimestamp, exemplar };
}

function readSeries(cursor: Cursor, utf8Names: boolean): { name: string; block: LabelBlock } {
  if (peek(cursor) === LBRACE) {
    const named = strictly(cursor, () => readNamedBlock(cursor, utf8Names));
    return { name: named.name, block: withoutDuplicate(cursor, named.block) };
  }
  const name = readMetricName(cursor, utf8Names);
  if (peek(cursor) !== LBRACE) return { name, block: emptyBlock };
  return { name, block: readLabels(cursor, name, utf8Names) };
}

export function readMetricName(cursor: Cursor, utf8Names: boolean): string {
  const latin1 = readName(cursor, "metric");
  if (latin1 === "") fail(cursor, `expected a metric name, got ${rest(cursor)}`);
  return decodeMetricName(latin1, utf8Names) ?? fail(cursor, `invalid metric name ${quoteBytes(latin1)}`);
}

function readLabels(cursor: Cursor, owner: string, utf8Names: boolean): LabelBlock {
  return withoutDuplicate(
    cursor,
    strictly(cursor, () => readLabelBlock(cursor, owner, utf8Names)),
  );
}

function withoutDuplicate(cursor: Cursor, block: LabelBlock): LabelBlock {
  if (block.duplicate !== undefined) fail(cursor, `label name ${quote(block.duplicate)} stands twice`);
  return block;
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;

/** Reads from `{` on what text format 0.0.4 reads, and refuses the blanks and the trailing comma that only it allows. */
function strictly<T>(cursor: Cursor, read: () => T): T {
  cursor.pos += 1;
  const start = cursor.pos;
  const result = read();
  const bare = cursor.text.slice(start, cursor.pos - 1).replaceAll(QUOTED, '""');
  if (/[ \t]|,$/.test(bare)) fail(cursor, "labels must be separated by one comma and nothing else");
  return result;
}

function readExemplar(cursor: Cursor, utf8Names: boolean): Exemplar {
  if (!cursor.text.startsWith(" # {", cursor.pos)) fail(cursor, `expected an exemplar, got ${rest(cursor)}`);
  cursor.pos += " # ".length;
  const { labels } = readLabels(cursor, "exemplar", utf8Names);
  const characters = labels.reduce((sum, text) => sum + Array.from(text).length, 0);
  if (characters > MAX_EXEMPLAR_CHARACTERS) {
    fail(
      cursor,
      `the labels of an exemplar have ${characters} characters, more than ${MAX_EXEMPLAR_CHARACTERS}`,
    );
  }
  const value = readNumberAfterSpace(cursor, "exemplar value");
  const seconds = peek(cursor) === SPACE ? readNumberAfterSpace(cursor, "exemplar timestamp") : undefined;
  return { labels, value, timestampMs: seconds === undefined ? undefined : seconds * 1000 };
}

function readNumberAfterSpace(cursor: Cursor, what: string): number {
  if (peek(cursor) !== SPACE) fail(cursor, `expected one space before the ${what}, got ${rest(cursor)}`);
  const start = cursor.pos + 1;
  let c = 0;
  do c = cursor.text.charCodeAt(++cursor.pos);
  while (c !== SPACE && c !== LF);
  const word = cursor.text.slice(start, cursor.pos);
  return parseNumber(word) ?? fail(cursor, `expected float as ${what}, got ${quoteBytes(word)}`);
}

/** What stands at the cursor, for an error. */
function rest({ text, pos }: Cursor): string {
  return quoteBytes(text.slice(pos, text.indexOf("\n", pos)).slice(0, 60));
}
