import { expect, test } from "vitest";
import { checkRule } from "../../../../src/core/rollup/rules/check-rule.ts";
import type { RuleConfig } from "../../../../src/core/rollup/rules/rule-config.ts";
import { rule } from "./rules.ts";

test.each<[Partial<RuleConfig>]>([
  [{}],
  [{ action: "drop" }],
  [{ by: [] }],
  [{ by: ["job", "le"] }], // as many write it for PromQL: it stays anyway
  [{ kind: "gauge", function: "avg", skip: [-1], companions: false }],
  [{ kind: "counter", skip: [-1], level: "attempt" }],
  [{ function: "worst", without: ["pod"] }],
  [{ kind: "info", without: ["pod"] }],
  [{ intervals: true, window: 500 }],
  [{ kind: "gauge", function: "max", intervals: false }],
  [{ kind: "stateset", function: "count", skip: [-1] }],
])("nothing is wrong with %j", (keys) => expect(checkRule(rule("x", keys))).toEqual([]));

test.each<[Partial<RuleConfig>, keyof RuleConfig, string]>([
  [
    { by: ["a"], without: ["b"] },
    "without",
    "by and without exclude each other: by names the labels that stay, without those that go; keep one",
  ],
  [
    { action: "drop", function: "sum" },
    "function",
    "function says how to merge, and action: drop merges nothing; remove one of the two",
  ],
  [
    { action: "pass", without: ["pod"] },
    "without",
    "without says how to merge, and action: pass merges nothing; remove one of the two",
  ],
  [{ kind: "gauge" }, "kind", "a gauge needs a function: sum, min, max, avg, last or count"],
  [
    { kind: "summary", function: "avg" },
    "function",
    "function: avg makes no sense for a summary: an average of quantiles is no quantile of anything; use worst",
  ],
  [{ by: ["__name__"] }, "by", "by: __name__ is the name of the family and always stays; leave it out"],
  [
    { without: ["__name__"] },
    "without",
    "without: __name__ is the name of the family and always stays; leave it out",
  ],
  [
    { without: ["le"] },
    "without",
    "without: le tells the parts of one histogram apart and always stays; leave it out",
  ],
  [
    { without: ["quantile"] },
    "without",
    "without: quantile tells the parts of one summary apart and always stays; leave it out",
  ],
  [
    { kind: "histogram", skip: [0] },
    "skip",
    "skip: a histogram counts, and no count stands for no value; leave it out",
  ],
  [
    { kind: "info", function: "sum" },
    "function",
    "function: sum makes no sense for an info: the value of an info is always 1, and its labels are what it says; use union",
  ],
  [
    { kind: "gauge", function: "max", intervals: true },
    "intervals",
    "intervals: a gauge has no quantiles, only a summary has; leave it out",
  ],
  [{ window: 500 }, "window", "window: it says something about intervals only; add intervals: true"],
  [{ kind: "info", skip: [0] }, "skip", "skip: the value of an info says nothing; leave it out"],
])("%j", (keys, key, message) => expect(checkRule(rule("x", keys))).toEqual([{ key, message }]));
