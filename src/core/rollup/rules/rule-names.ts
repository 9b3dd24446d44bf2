import { type CompileRegex, compileSelector } from "../../selector/compile-selector.ts";
import { FAMILY_NAME } from "../../selector/selector.ts";
import type { RuleConfig } from "./rule-config.ts";

/** All that the rules say of families of a name, as text to compare. */
export type RuleNames = (familyName: string) => string;

export function createRuleNames(rules: readonly RuleConfig[], compileRegex: CompileRegex): RuleNames {
  const entries = rules.map((rule) => {
    const matchers = rule.match.matchers.filter(({ name }) => name === FAMILY_NAME);
    return { test: compileSelector({ matchers }, compileRegex), text: JSON.stringify(rule) };
  });
  return (familyName) => {
    const named = [FAMILY_NAME, familyName];
    const texts = entries.filter(({ test }) => test(named)).map(({ text }) => text);
    return texts.join("\n");
  };
}
