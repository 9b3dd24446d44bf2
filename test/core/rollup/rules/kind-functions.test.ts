import { expect, test } from "vitest";
import { DEFAULT_FUNCTION, refuseFunction } from "../../../../src/core/rollup/rules/kind-functions.ts";
import type { FamilyKind, RuleFunction } from "../../../../src/core/rollup/rules/rule-config.ts";

const RESTARTS = "a counter begins anew with its process, so this falls without a reason; use sum";
const UNION = "union is for infos, whose value is always 1";
const FACTS = "the value of an info is always 1, and its labels are what it says; use union";
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
  ["counter", "union", `${UNION}; use sum`],
  ["gauge", "sum", undefined],
  ["gauge", "min", undefined],
  ["gauge", "max", undefined],
  ["gauge", "avg", undefined],
  ["gauge", "last", undefined],
  ["gauge", "count", undefined],
  ["gauge", "worst", "worst is for the quantiles of summaries; use max or min"],
  ["gauge", "union", `${UNION}; say kind: info, or use max`],
  ["histogram", "sum", undefined],
  ["histogram", "min", BUCKETS],
  ["histogram", "max", BUCKETS],
  ["histogram", "avg", BUCKETS],
  ["histogram", "last", BUCKETS],
  ["histogram", "count", BUCKETS],
  ["histogram", "worst", "worst is for the quantiles of summaries; use sum"],
  ["histogram", "union", `${UNION}; use sum`],
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
  ["summary", "union", `${UNION}; use worst`],
  ["info", "union", undefined],
  ["info", "sum", FACTS],
  ["info", "min", FACTS],
  ["info", "max", FACTS],
  ["info", "avg", FACTS],
  ["info", "last", FACTS],
  ["info", "count", "how many sources say it is a number, and no info; say kind: gauge with it"],
  ["info", "worst", FACTS],
  ["stateset", "max", undefined],
  ["stateset", "count", undefined],
  ["stateset", "sum", "how many sources are in a state is called count; use that"],
  ["stateset", "min", "a state that one source is not in would seem to be nowhere; use max or count"],
  ["stateset", "avg", "a source is in a state or not; use max, or count for how many are"],
  ["stateset", "last", "the state of one source says nothing of the others; use max or count"],
  ["stateset", "worst", "worst is for the quantiles of summaries; use max or count"],
  ["stateset", "union", `${UNION}; use max or count`],
])("a %s by %s: %s", (kind, fn, reason) => expect(refuseFunction(kind, fn)).toBe(reason));

test("what a rule does that says no function is never refused", () => {
  for (const kind of ["counter", "histogram", "summary", "info", "stateset"] as const) {
    expect(refuseFunction(kind, DEFAULT_FUNCTION[kind]!)).toBeUndefined();
  }
  expect(DEFAULT_FUNCTION.gauge).toBeUndefined();
});
