import type { RuleConfig } from "../../../../src/core/rollup/rules/rule-config.ts";
import type { Selector } from "../../../../src/core/selector/selector.ts";
import { parseSelector } from "../../../../src/platform/promql/parse-selector.ts";

export function selector(text: string): Selector {
  const parsed = parseSelector(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.selector;
}

/** A rule as a file would say it, with this selector and these keys. */
export function rule(match: string, keys: Partial<Omit<RuleConfig, "match">> = {}): RuleConfig {
  const unsaid = {
    kind: undefined,
    function: undefined,
    by: undefined,
    without: undefined,
    skip: undefined,
    level: undefined,
    companions: undefined,
    intervals: undefined,
    window: undefined,
  };
  return { match: selector(match), action: "merge", ...unsaid, ...keys };
}
