import type { FamilyKind, RuleFunction } from "./rule-config.ts";

/** What a rule without `function` does. A gauge must say: bytes add up, temperatures do not. */
export const DEFAULT_FUNCTION: { readonly [K in FamilyKind]: RuleFunction | undefined } = {
  counter: "sum",
  histogram: "sum",
  summary: "worst",
  gauge: undefined,
  info: "union",
  stateset: "max",
};

/** Why a function makes no sense for a kind; undefined where it does. */
export function refuseFunction(kind: FamilyKind, fn: RuleFunction): string | undefined {
  return REFUSED[kind][fn];
}

const RESTARTS = "a counter begins anew with its process, so this falls without a reason; use sum";
const UNION = "union is for infos, whose value is always 1";
const FACTS = "the value of an info is always 1, and its labels are what it says; use union";
const BUCKETS = "the buckets of several histograms can only be added; use sum";

const REFUSED: { readonly [K in FamilyKind]: { readonly [F in RuleFunction]?: string } } = {
  counter: {
    min: RESTARTS,
    max: RESTARTS,
    avg: RESTARTS,
    last: "the last of several counters falls when another process pushes; use sum",
    count: "a number of sources rises and falls, and no counter may fall; use kind: gauge with it",
    worst: "worst is for the quantiles of summaries; use sum",
    union: `${UNION}; use sum`,
  },
  gauge: {
    worst: "worst is for the quantiles of summaries; use max or min",
    union: `${UNION}; say kind: info, or use max`,
  },
  histogram: {
    min: BUCKETS,
    max: BUCKETS,
    avg: BUCKETS,
    last: BUCKETS,
    count: BUCKETS,
    worst: "worst is for the quantiles of summaries; use sum",
    union: `${UNION}; use sum`,
  },
  summary: {
    sum: "quantiles cannot be added; use worst, which adds up the _count and the _sum",
    min: "the least of each quantile hides every slow source; use worst",
    max: "of quantile 0 it would show the largest minimum; use worst, which is the maximum of all others",
    avg: "an average of quantiles is no quantile of anything; use worst",
    last: "the last of several sources is a matter of chance; use worst",
    count: "a number of sources is no quantile; use worst",
    union: `${UNION}; use worst`,
  },
  info: {
    sum: FACTS,
    min: FACTS,
    max: FACTS,
    avg: FACTS,
    last: FACTS,
    count: "how many sources say it is a number, and no info; say kind: gauge with it",
    worst: FACTS,
  },
  stateset: {
    sum: "how many sources are in a state is called count; use that",
    min: "a state that one source is not in would seem to be nowhere; use max or count",
    avg: "a source is in a state or not; use max, or count for how many are",
    last: "the state of one source says nothing of the others; use max or count",
    worst: "worst is for the quantiles of summaries; use max or count",
    union: `${UNION}; use max or count`,
  },
};

/** A kind within a sentence. */
export function withArticle(kind: string): string {
  return kind === "info" || kind === "untyped" ? `an ${kind}` : `a ${kind}`;
}
