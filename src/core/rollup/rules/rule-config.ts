import type { Selector } from "../../selector/selector.ts";
import type { StalenessSetting } from "../../partition/rhythm.ts";
import type { Level } from "../flink/level.ts";

/** `merge` rolls up, `drop` takes out of the merged view, `pass` shows as if there were no rule and no preset. */
export type RuleAction = "merge" | "drop" | "pass";

/**
 * What may be merged: the four that a TYPE line can say truly, and two that arrive as gauges where no OpenMetrics
 * is spoken. `info`: its labels are what it says, and its value is 1. `stateset`: one series for each state, 1 where
 * the source is in it.
 */
export type FamilyKind = "counter" | "gauge" | "histogram" | "summary" | "info" | "stateset";

/**
 * How the series that share an output become one number. `worst`: the largest of each quantile, of quantile 0 the
 * smallest. `union`: 1, however many sources say it.
 */
export type RuleFunction = "sum" | "min" | "max" | "avg" | "last" | "count" | "worst" | "union";

/** One entry under `rules:`, as it was written: plain data, which crosses to the threads. */
export interface RuleConfig {
  readonly match: Selector;
  readonly action: RuleAction;
  /** Undefined: what TYPE says. */
  readonly kind: FamilyKind | undefined;
  readonly function: RuleFunction | undefined;
  /** The labels that stay. */
  readonly by: readonly string[] | undefined;
  /** The labels that go. At most one of the two is there. */
  readonly without: readonly string[] | undefined;
  /** Numbers that are no value. NaN never is one. */
  readonly skip: readonly number[] | undefined;
  /** What goes of Flink's families besides. Undefined: as everywhere. */
  readonly level: Level | undefined;
  /** Undefined: as everywhere. */
  readonly companions: boolean | undefined;
  /** Of summaries: whether bounds of each quantile stand beside it. Undefined: no. */
  readonly intervals: boolean | undefined;
  /** With intervals: how many observations stand behind the quantiles of a source. Undefined: any number. */
  readonly window: number | undefined;
}

/** One entry under `jobs:`: what is different for groups with such a grouping key. */
export interface JobConfig {
  readonly match: Selector;
  readonly staleness: StalenessSetting | undefined;
  readonly maxSeries: number | undefined;
}
