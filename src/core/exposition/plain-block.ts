import { COMMA, QUOTE, RBRACE } from "./char-codes.ts";
import { ExpositionError } from "./exposition-error.ts";
import type { LabelBlock } from "./label-block.ts";
import { emptyBlock } from "./label-block.ts";
import { isLegacyLabelName } from "./name-syntax.ts";
import { readLabelBlock } from "./read-label-block.ts";

/** Reads the text of a block with its braces. Undefined where it is wrong: the full parse says where and how. */
type BlockReader = (text: string) => LabelBlock | undefined;

/** So many ways in which labels follow each other are remembered. */
const MOST_STEPS = 10_000;
/** So many blocks without their bounds are remembered: those of the last bodies. */
const MOST_UNBOUNDS = 500;
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

/**
 * A reader for blocks that nobody has seen before. A restarted job has some two hundred of them, whose names are those
 * of the blocks before: names are checked and sorted once for all blocks that have them in the same order, and the
 * six quantiles of a summary share what they have in common.
 */
export function createBlockReader(utf8Names: boolean): BlockReader {
  let start = newStep("");
  let steps = 0;
  /** By the text without the bound. */
  const unbounds = new Map<string, LabelBlock>();

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
    if (bound === undefined) return { labels, duplicate: undefined, plainNames };
    const rest = text.slice(0, places[bound.at]) + text.slice(places[bound.at + 1]);
    const unbound = { bound: bound.name, block: unboundBlock(rest, labels, bound) };
    return { labels, duplicate: undefined, plainNames, unbound };
  }

  function unboundBlock(
    text: string,
    labels: readonly string[],
    { sortedAt, otherNames }: BoundShape,
  ): LabelBlock {
    let block = unbounds.get(text);
    if (block === undefined) {
      block = { labels: labels.toSpliced(2 * sortedAt, 2), duplicate: undefined, plainNames: otherNames };
      if (unbounds.size >= MOST_UNBOUNDS) unbounds.clear();
      unbounds.set(text, block);
    }
    return block;
  }

  return (text) => readPlain(text) ?? readAny(text, utf8Names);
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
