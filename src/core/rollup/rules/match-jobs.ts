import type { Labels } from "../../exposition/label-block.ts";
import { type CompileRegex, compileSelector } from "../../selector/compile-selector.ts";
import type { JobConfig } from "./rule-config.ts";
import { seenLabels } from "./seen-labels.ts";

/** The first entry under `jobs:` that a grouping key matches. Asked once for each group. */
export type JobMatcher = (groupingLabels: Labels) => JobConfig | undefined;

export function createJobMatcher(jobs: readonly JobConfig[], compileRegex: CompileRegex): JobMatcher {
  const tests = jobs.map(({ match }) => compileSelector(match, compileRegex));
  return (groupingLabels) => {
    const seen = seenLabels(groupingLabels);
    return jobs[tests.findIndex((test) => test(seen))];
  };
}
