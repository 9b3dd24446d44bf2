import type { FamilyKind, RuleFunction } from "./rule-config.ts";

/** What a rule without `function` does. A gauge must say: bytes add up, temperatures do not. */
export const DEFAULT_FUNCTION: { readonly [K in FamilyKind]: RuleFunction | undefined } = {
  counter: "sum",
  histogram: "sum",
  summary: "worst",
  gauge: undefined,
};

/** Why a function makes no sense for a kind; undefined where it does. */
export function refuseFunction(kind: FamilyKind, fn: RuleFunction): string | undefined {
  return REFUSED[kind][fn];
}

const RESTARTS = "a counter begins anew with its process, so this falls without a reason; use sum";
const BUCKETS = "the buckets of several histograms can only be added; use sum";

const REFUSED: { readonly [K in FamilyKind]: { readonly [F in RuleFunction]?: string } } = {
  counter: {
    min: RESTARTS,
    max: RESTARTS,
    avg: RESTARTS,
    last: "the last of several counters falls when another process pushes; use sum",
    count: "a number of sources rises and falls, and no counter may fall; use kind: gauge with it",
    worst: "worst is for the quantiles of summaries; use sum",
  },
  gauge: {
    worst: "worst is for the quantiles of summaries; use max or min",
  },
  histogram: {
    min: BUCKETS,
    max: BUCKETS,
    avg: BUCKETS,
    last: BUCKETS,
    count: BUCKETS,
    worst: "worst is for the quantiles of summaries; use sum",
  },
  summary: {
    sum: "quantiles cannot be added; use worst, which adds up the _count and the _sum",
    min: "the least of each quantile hides every slow source; use worst",
    max: "of quantile 0 it would show the largest minimum; use worst, which is the maximum of all others",
    avg: "an average of quantiles is no quantile of anything; use worst",
    last: "the last of several sources is a matter of chance; use worst",
    count: "a number of sources is no quantile; use worst",
  },
};
