/** Labels as a flat list, `name, value, name, value …`, sorted by name, no name twice. */
export type Labels = readonly string[];

/**
 * What stands between `{` and `}` of a sample line. A Flink push repeats one block on some
 * seventy lines, so a block is parsed once and known by its text from then on.
 */
export interface LabelBlock {
  readonly labels: Labels;
  /** The first name that stands in it twice (its first value is the one kept), or undefined. */
  readonly duplicate: string | undefined;
}
