import { expect, test } from "vitest";
import { createJobMatcher } from "../../../../src/core/rollup/rules/match-jobs.ts";
import { compileRegex } from "../../../../src/platform/promql/regex.ts";
import { selector } from "./rules.ts";

const match = createJobMatcher(
  [
    { match: selector('{job="nightly",zone="a"}'), staleness: "never", maxSeries: undefined },
    { match: selector('{job=~"nightly|hourly"}'), staleness: 90_000, maxSeries: 100 },
  ],
  compileRegex,
);

test.each([
  [["job", "nightly", "zone", "a"], "never"],
  [["job", "nightly"], 90_000],
  [["job", "hourly0123456789abcdef0123456789abcdef"], 90_000],
  [["job", "other", "zone", "nightly"], undefined],
])("%j: %s", (labels, staleness) => expect(match(labels)?.staleness).toBe(staleness));
