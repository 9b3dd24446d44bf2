/** Labels as a flat list, `name, value, name, value …`, sorted by name, no name twice. */
export type Labels = readonly string[];

/**
 * What stands between `{` and `}` of a sample line. A Flink push repeats one block on some
 * seventy lines, so a block is parsed once and known by its text from then on.
 */
export interface LabelBlock {
  readonly labels: Labels;
  /** The first name (as sorted) that stands in it twice (its first value is the one kept), or undefined. */
  readonly duplicate: string | undefined;
  /** The names alone, the same object for the same names; undefined where that is not known, or a value needs escapes. */
  readonly plainNames?: readonly string[] | undefined;
  /** The block without its bound, where it is known to have one: the same object for all bounds of a summary. */
  readonly unbound?: UnboundBlock | undefined;
}

interface UnboundBlock {
  readonly bound: "le" | "quantile";
  /** Of the bound. */
  readonly value: number;
  readonly block: LabelBlock;
}

/** The block of a line without labels, with braces or without. */
export const emptyBlock: LabelBlock = { labels: [], duplicate: undefined };

/** A block of these labels, in any order: `name, value` pairs. */
export function createLabelBlock(pairs: [name: string, value: string][]): LabelBlock {
  if (pairs.length === 0) return emptyBlock;
  // Array sorting is stable, so of two pairs with one name the first stays the first.
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const labels: string[] = [];
  let duplicate: string | undefined;
  for (const [name, value] of pairs) {
    if (labels.at(-2) === name) duplicate ??= name;
    else labels.push(name, value);
  }
  return { labels, duplicate };
}

/** The value of a label, or undefined. */
export function labelValue(labels: Labels, name: string): string | undefined {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1];
  return undefined;
}
