import type { CompileRegex } from "../selector/compile-selector.ts";
import type { JobMatcher } from "../rollup/rules/match-jobs.ts";
import { createJobMatcher } from "../rollup/rules/match-jobs.ts";
import type { RuleMatcher } from "../rollup/rules/match-rules.ts";
import { createRuleMatcher } from "../rollup/rules/match-rules.ts";
import type { RuleNames } from "../rollup/rules/rule-names.ts";
import { createRuleNames } from "../rollup/rules/rule-names.ts";
import type { Settings } from "./settings.ts";

/** The settings, and what is compiled from them. A reload puts another in its place. */
export interface Ruling {
  readonly settings: Settings;
  readonly matchRules: RuleMatcher;
  readonly matchJob: JobMatcher;
  readonly rulesNaming: RuleNames;
}

/** Throws where a pattern is none: whoever read the configuration has seen to it. */
export function createRuling(settings: Settings, compileRegex: CompileRegex): Ruling {
  const { rules, jobs } = settings;
  return {
    settings,
    matchRules: createRuleMatcher(rules, settings, compileRegex),
    matchJob: createJobMatcher(jobs, compileRegex),
    rulesNaming: createRuleNames(rules, compileRegex),
  };
}

/** Whether what becomes of a family of that name may be different under the other. */
export function differsIn(family: string, a: Ruling, b: Ruling): boolean {
  return (
    a.rulesNaming(family) !== b.rulesNaming(family) ||
    a.settings.flink !== b.settings.flink ||
    a.settings.level !== b.settings.level ||
    a.settings.counterType !== b.settings.counterType ||
    a.settings.instanceLabel !== b.settings.instanceLabel
  );
}
