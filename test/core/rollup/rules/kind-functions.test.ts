import { expect, test } from "vitest";
import { DEFAULT_FUNCTION, refuseFunction } from "../../../../src/core/rollup/rules/kind-functions.ts";
import type { FamilyKind, RuleFunction } from "../../../../src/core/rollup/rules/rule-config.ts";

const RESTARTS = "a counter begins anew with its process, so this falls without a reason; use sum";
const BUCKETS = "the buckets of several histograms can only be added; use sum";

test.each<[FamilyKind, RuleFunction, string | undefined]>([
  ["counter", "sum", undefined],
  ["counter", "min", RESTARTS],
  ["counter", "max", RESTARTS],
  ["counter", "avg", RESTARTS],
  ["counter", "last", "the last of several counters falls when another process pushes; use sum"],
  [
    "counter",
    "count",
    "a number of sources rises and falls, and no counter may fall; use kind: gauge with it",
  ],
  ["counter", "worst", "worst is for the quantiles of summaries; use sum"],
  ["gauge", "sum", undefined],
  ["gauge", "min", undefined],
  ["gauge", "max", undefined],
  ["gauge", "avg", undefined],
  ["gauge", "last", undefined],
  ["gauge", "count", undefined],
  ["gauge", "worst", "worst is for the quantiles of summaries; use max or min"],
  ["histogram", "sum", undefined],
  ["histogram", "min", BUCKETS],
  ["histogram", "max", BUCKETS],
  ["histogram", "avg", BUCKETS],
  ["histogram", "last", BUCKETS],
  ["histogram", "count", BUCKETS],
  ["histogram", "worst", "worst is for the quantiles of summaries; use sum"],
  ["summary", "worst", undefined],
  ["summary", "sum", "quantiles cannot be added; use worst, which adds up the _count and the _sum"],
  ["summary", "min", "the least of each quantile hides every slow source; use worst"],
  [
    "summary",
    "max",
    "of quantile 0 it would show the largest minimum; use worst, which is the maximum of all others",
  ],
  ["summary", "avg", "an average of quantiles is no quantile of anything; use worst"],
  ["summary", "last", "the last of several sources is a matter of chance; use worst"],
  ["summary", "count", "a number of sources is no quantile; use worst"],
])("a %s by %s: %s", (kind, fn, reason) => expect(refuseFunction(kind, fn)).toBe(reason));

test("what a rule does that says no function is never refused", () => {
  for (const kind of ["counter", "histogram", "summary"] as const) {
    expect(refuseFunction(kind, DEFAULT_FUNCTION[kind]!)).toBeUndefined();
  }
  expect(DEFAULT_FUNCTION.gauge).toBeUndefined();
});
