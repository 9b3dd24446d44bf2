import { readRenderedLabels } from "../exposition/escape.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import type { Accumulator } from "./accumulator.ts";
import type { LabelTest } from "../selector/compile-selector.ts";
import { FAMILY_NAME } from "../selector/selector.ts";
import type { NativeAccumulator } from "./histogram/distribution.ts";
import type { Boundaries } from "./histogram/boundaries.ts";
import type { Companion } from "./rule.ts";

/**
 * How an output's number comes about: `counter` adds increases up, `newest` takes the last push, `union` is 1,
 * `interval` has companions instead of a number, the rest fold live values.
 */
export type OutputFunction =
  | "counter"
  | "sum"
  | "min"
  | "max"
  | "avg"
  | "count"
  | "union"
  | "interval"
  | "newest";

/** Where an output comes from that no rule of the file has made. */
export const NO_RULE = -1;
/** The same of one that another relay has merged before. */
export const FORWARDED = -2;

/** What the name of a sample adds to the name of its family. `_quantile` is that of an interval, and shown nowhere. */
export type Suffix = "" | "_count" | "_sum" | "_bucket" | "_quantile";

/** One series of the merged view, as one partition knows it. */
export interface Output extends Accumulator, NativeAccumulator {
  readonly family: string;
  readonly suffix: Suffix;
  /** With braces; `quantile` or `le` included. */
  readonly labels: string;
  readonly type: FamilyType;
  readonly function: OutputFunction;
  readonly companions: readonly Companion[];
  /** It keeps a label of one process, and leaves with it. */
  readonly perProcess: boolean;
  /** The place under `rules:` of the rule that made it, NO_RULE or FORWARDED. */
  readonly origin: number;
  /** Of the parts of a histogram: the boundaries that they have in this epoch. */
  readonly boundaries: Boundaries | undefined;
  /** Live series that feed it here. */
  contributors: number;
  /** When the last of them left; Infinity if none ever has, because it is live or about to be. */
  lastLiveMs: number;
  /** The rules have changed since something fed it: it does not linger. */
  isRetired: boolean;
  /** Of a counter: the rule that made it, in the words of a file that has been read again since something fed it. */
  formerRule: string | undefined;
  /** Of a counter: what its series have counted in this epoch and it has not, by reason; undefined where that is nothing. */
  uncounted: Map<string, number> | undefined;
  /** When this life of the output began, in wall-clock milliseconds. */
  epochWallMs: number;
  /** Its place among the rows of its table, or -1 while it has none. */
  row: number;
}

/** What the fold decides about an output when a layout first feeds it. */
export type OutputSpec = Omit<
  Output,
  | "hi"
  | "lo"
  | "native"
  | "contributors"
  | "lastLiveMs"
  | "isRetired"
  | "formerRule"
  | "uncounted"
  | "epochWallMs"
  | "row"
>;

/** The identity of an output over all partitions. */
export function outputId(output: Pick<Output, "family" | "suffix" | "labels">): string {
  return `${output.family}${output.suffix}${output.labels}`;
}

/** Who asks for a companion asks for what it stands beside. */
export function isSelectedOutput(isSelected: LabelTest, output: Output): boolean {
  const { family, suffix, labels, companions } = output;
  const pairs = readRenderedLabels(labels);
  const names = [family + suffix, ...companions.map((companion) => `${family}_${companion}`)];
  return names.some((name) => isSelected([FAMILY_NAME, name, ...pairs]));
}

export function noteUncounted(output: Output, reason: string, amount: number): void {
  if (amount === 0) return;
  output.uncounted ??= new Map();
  output.uncounted.set(reason, (output.uncounted.get(reason) ?? 0) + amount);
}
