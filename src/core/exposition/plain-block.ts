import { COMMA, QUOTE, RBRACE } from "./char-codes.ts";
import { ExpositionError } from "./exposition-error.ts";
import type { LabelBlock, Labels } from "./label-block.ts";
import { emptyBlock } from "./label-block.ts";
import { isLegacyLabelName } from "./name-syntax.ts";
import { parseNumber } from "./read-number.ts";
import { readLabelBlock } from "./read-label-block.ts";

/** Reads the text of a block with its braces. Undefined where it is wrong: the full parse says where and how. */
type BlockReader = (text: string) => LabelBlock | undefined;

/** So many ways in which labels follow each other are remembered. */
const MOST_STEPS = 10_000;
/** So many blocks without their bounds are remembered: those of the last bodies. */
const MOST_SIBLINGS = 500;
const OPEN_BOUND = { quantile: ',quantile="', le: ',le="' };
const RARE = /[\\\x80-\xff]/;

/** What has been seen of the labels of blocks up to one of them. */
interface Step {
  /** Of that label, the same string for all blocks. */
  readonly name: string;
  readonly next: Map<string, Step>;
  /** Of blocks that end here. */
  shape: Shape | undefined;
}

/** What blocks have in common whose labels have the same names in the same order. */
interface Shape {
  /** The places of the labels in the order of their names; undefined where one stands twice. */
  readonly order: readonly number[] | undefined;
  readonly names: readonly string[];
  readonly bound: BoundShape | undefined;
}

/** Of blocks with one bound. */
interface BoundShape {
  readonly name: "le" | "quantile";
  /** The place of its label as it stands, and as the names are sorted. */
  readonly at: number;
  readonly sortedAt: number;
  readonly otherNames: readonly string[];
}

/** What blocks have in common that differ in their bound alone. */
interface Sibling {
  readonly bound: BoundShape;
  readonly names: readonly string[];
  /** Without the bound. */
  readonly block: LabelBlock;
}

/**
 * A reader for blocks that nobody has seen before. A restarted job has some two hundred of them, whose names are those
 * of the blocks before: names are checked and sorted once for all blocks that have them in the same order, and the
 * six quantiles of a summary share what they have in common.
 */
export function createBlockReader(utf8Names: boolean): BlockReader {
  let start = newStep("");
  let steps = 0;
  /** By the text without the bound. */
  const siblings = new Map<string, Sibling>();

  function nextStep(step: Step, name: string): Step | undefined {
    const known = step.next.get(name);
    if (known !== undefined || !isLegacyLabelName(name) || name === "__name__") return known;
    steps += 1;
    const next = newStep(name);
    step.next.set(name, next);
    return next;
  }

  /** Undefined for what this does not read: blanks, escapes, names in quotes, other letters. */
  function readPlain(text: string): LabelBlock | undefined {
    if (RARE.test(text)) return undefined;
    const known = readSibling(text, "quantile") ?? readSibling(text, "le");
    if (known !== undefined) return known;
    if (steps > MOST_STEPS) {
      start = newStep("");
      steps = 0;
    }
    const values: string[] = [];
    /** Where each label begins, and where the last one ends. */
    const places = [1];
    const path: Step[] = [];
    let step = start;
    let pos = 1;
    while (text.charCodeAt(pos) !== RBRACE) {
      const equals = text.indexOf("=", pos);
      if (equals === -1 || text.charCodeAt(equals + 1) !== QUOTE) return undefined;
      const next = nextStep(step, text.slice(pos, equals));
      if (next === undefined) return undefined;
      const close = text.indexOf('"', equals + 2);
      values.push(text.slice(equals + 2, close));
      step = next;
      path.push(step);
      pos = close + 1;
      if (text.charCodeAt(pos) === COMMA) pos += 1;
      else if (text.charCodeAt(pos) !== RBRACE) return undefined;
      places.push(pos);
    }
    if (path.length === 0) return emptyBlock;
    step.shape ??= shapeOf(path.map(({ name }) => name));
    const { order, names: plainNames, bound } = step.shape;
    if (order === undefined) return undefined;
    const labels: string[] = [];
    for (const at of order) labels.push(path[at]?.name ?? "", values[at] ?? "");
    const whole = { labels, duplicate: undefined, plainNames };
    if (bound === undefined) return whole;
    const rest = text.slice(0, places[bound.at]) + text.slice(places[bound.at + 1]);
    return boundBlock(siblingOf(rest, labels, plainNames, bound), values[bound.at] ?? "") ?? whole;
  }

  function siblingOf(rest: string, labels: Labels, names: readonly string[], bound: BoundShape): Sibling {
    let sibling = siblings.get(rest);
    if (sibling?.bound.name !== bound.name) {
      const others = labels.toSpliced(2 * bound.sortedAt, 2);
      const block = { labels: others, duplicate: undefined, plainNames: bound.otherNames };
      sibling = { bound, names, block };
      if (siblings.size >= MOST_SIBLINGS) siblings.clear();
      siblings.set(rest, sibling);
    }
    return sibling;
  }

  /** A block of which another with another bound was read before: five of six quantiles. */
  function readSibling(text: string, name: "le" | "quantile"): LabelBlock | undefined {
    const open = OPEN_BOUND[name];
    const from = text.indexOf(open) + 1;
    if (from === 0) return undefined;
    const opened = from - 1 + open.length;
    const close = text.indexOf('"', opened);
    const isInList = text.charCodeAt(close + 1) === COMMA;
    if (!isInList && text.charCodeAt(close + 1) !== RBRACE) return undefined;
    const sibling = siblings.get(text.slice(0, from) + text.slice(close + (isInList ? 2 : 1)));
    // With a quote open, it is within a value that something like a bound stands.
    if (sibling?.bound.name !== name || !hasClosedQuotes(text, from)) return undefined;
    return boundBlock(sibling, text.slice(opened, close));
  }

  return (text) => readPlain(text) ?? readAny(text, utf8Names);
}

/** Undefined where the bound is no number. */
function boundBlock({ bound, names, block }: Sibling, text: string): LabelBlock | undefined {
  const value = parseNumber(text);
  if (value === undefined) return undefined;
  const labels = block.labels.toSpliced(2 * bound.sortedAt, 0, bound.name, text);
  return { labels, duplicate: undefined, plainNames: names, unbound: { bound: bound.name, value, block } };
}

function hasClosedQuotes(text: string, end: number): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at !== -1 && at < end; at = text.indexOf('"', at + 1)) quotes += 1;
  return quotes % 2 === 0;
}

function newStep(name: string): Step {
  return { name, next: new Map(), shape: undefined };
}

function shapeOf(written: readonly string[]): Shape {
  if (new Set(written).size < written.length) return { order: undefined, names: [], bound: undefined };
  const order = [...written.keys()].toSorted((a, b) => ((written[a] ?? "") < (written[b] ?? "") ? -1 : 1));
  const names = order.map((at) => written[at] ?? "");
  return { order, names, bound: boundShape(written, names) };
}

function boundShape(written: readonly string[], names: readonly string[]): BoundShape | undefined {
  const bounds = (["le", "quantile"] as const).filter((name) => names.includes(name));
  const [name] = bounds;
  if (name === undefined || bounds.length > 1) return undefined;
  const sortedAt = names.indexOf(name);
  return { name, at: written.indexOf(name), sortedAt, otherNames: names.toSpliced(sortedAt, 1) };
}

function readAny(text: string, utf8Names: boolean): LabelBlock | undefined {
  const copy = (start: number, end: number): string => text.slice(start, end);
  try {
    return readLabelBlock({ text, copy, pos: 1, line: 0 }, "", utf8Names);
  } catch (error) {
    if (error instanceof ExpositionError) return undefined;
    throw error;
  }
}
