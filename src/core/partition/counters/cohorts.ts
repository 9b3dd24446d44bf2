import { cohortOf } from "../../rollup/flink/cohort.ts";
import { hasRandomSuffix } from "../../rollup/flink/level.ts";
import type { Counted, Source } from "../group.ts";
import type { LabelSet } from "../label-set.ts";

/**
 * Which counters of a layout begin and restart together, and which of them nothing identifies. Found when
 * one of them falls for the first time: a fleet of Flink's may never need it.
 */
export interface Cohorts {
  /** By counter: the number of its cohort. */
  readonly of: Uint32Array;
  /** By number: the cohort itself. */
  readonly names: readonly string[];
  /** Counters that can restart under the same labels. */
  readonly anonymous: ReadonlySet<number>;
}

export function createCohorts(
  source: Source,
  { layout, feeds: { counters }, starts }: Pick<Counted, "layout" | "feeds" | "starts">,
): Cohorts {
  const { samples } = counters;
  const of = new Uint32Array(samples.length);
  const numbers = new Map<string, number>();
  const bySet = new Map<LabelSet, number>();
  const anonymous = new Set<number>();
  for (const [k, i] of samples.entries()) {
    const set = layout.sets[i];
    if (set === undefined) throw new Error("BUG: a counter without a label set");
    let number = bySet.get(set);
    if (number === undefined) {
      const name = cohortOf(set.labels);
      number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      bySet.set(set, number);
    }
    of[k] = number;
    if (isAnonymous(source, set) && Number.isNaN(starts?.[k] ?? Number.NaN)) anonymous.add(k);
  }
  return { of, names: [...numbers.keys()], anonymous };
}

/**
 * Whether the series can live twice under one identity, if nothing tells when it began. An attempt's id is drawn anew with each restart,
 * and so is the random suffix of a job; an id of a TaskManager may be configured.
 */
export function isAnonymous({ group }: Pick<Source, "group">, { attemptId }: LabelSet): boolean {
  return attemptId === undefined && !hasRandomSuffix(group.key.job);
}
