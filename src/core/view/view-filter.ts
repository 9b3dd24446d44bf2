import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { isComplex } from "../exposition/write/metric.ts";
import type { CompileRegex } from "../selector/compile-selector.ts";
import { compileSelector } from "../selector/compile-selector.ts";
import type { Selector } from "../selector/selector.ts";
import { FAMILY_NAME } from "../selector/selector.ts";

/** What of a view is asked for. A list that is empty asks for everything; of the others each must be met by one of it. Plain data. */
export interface ViewFilter {
  /** Of families, or of samples of a summary or histogram, which is shown whole. */
  readonly names: readonly string[];
  readonly jobs: readonly string[];
  readonly selectors: readonly Selector[];
}

/** Whether a metric is asked for, by the names that it goes under and its labels without a bound. */
export type MetricTest = (names: readonly string[], labels: Labels) => boolean;

/** Throws where a selector has a pattern that is none. */
export function compileFilter(
  filter: ViewFilter | undefined,
  compileRegex: CompileRegex,
): MetricTest | undefined {
  if (filter === undefined) return undefined;
  const names = new Set(filter.names);
  const jobs = new Set(filter.jobs);
  const tests = filter.selectors.map((selector) => compileSelector(selector, compileRegex));
  return (ofMetric, labels) =>
    (names.size === 0 || ofMetric.some((name) => names.has(name))) &&
    (jobs.size === 0 || jobs.has(labelValue(labels, "job") ?? "")) &&
    (tests.length === 0 ||
      tests.some((test) => ofMetric.some((name) => test([FAMILY_NAME, name, ...labels]))));
}

/** The names that a metric of a family goes under. */
export function namesOf(family: string, type: FamilyType): readonly string[] {
  return isComplex(type) ? [family, `${family}_bucket`, `${family}_count`, `${family}_sum`] : [family];
}

/** The labels of a metric, without what tells its samples apart. */
export function withoutBound(labels: Labels, type: FamilyType): Labels {
  if (!isComplex(type)) return labels;
  const bound = type === "summary" ? "quantile" : "le";
  const at = labels.findIndex((text, i) => i % 2 === 0 && text === bound);
  return at === -1 ? labels : labels.toSpliced(at, 2);
}
