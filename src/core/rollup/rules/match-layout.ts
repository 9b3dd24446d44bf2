import type { Layout } from "../../partition/layout.ts";
import type { MatchedRule, RuleMatcher } from "./match-rules.ts";

/** The rule of each sample of a layout, or undefined where no rule matches any of them: nearly always. */
export type SampleRules = readonly (MatchedRule | undefined)[] | undefined;

/** Asks the rules about a layout: once, when it is new. The samples of one label set of a family share an answer. */
export function matchLayout(
  match: RuleMatcher,
  { families, familyOf, sets }: Pick<Layout, "families" | "familyOf" | "sets">,
): SampleRules {
  const matches = families.map((family) => match(family));
  if (matches.every((each) => each === undefined)) return undefined;
  const answers = families.map(() => new Map<Layout["sets"][number], MatchedRule | undefined>());
  return sets.map((set, i) => {
    const family = familyOf[i] ?? 0;
    const known = answers[family];
    if (known?.has(set) === true) return known.get(set);
    const answer = matches[family]?.(set.labels);
    known?.set(set, answer);
    return answer;
  });
}

/** Whether a rule merges some of it: one such series makes a group a fleet's. */
export function mergesSome(rules: SampleRules): boolean {
  return rules?.some((rule) => rule?.action === "merge") === true;
}

/** The samples that a rule takes out of the merged view; undefined where there are none. */
export function droppedOf(rules: SampleRules): ReadonlySet<number> | undefined {
  if (rules?.some((rule) => rule?.action === "drop") !== true) return undefined;
  return new Set(rules.flatMap((rule, i) => (rule?.action === "drop" ? [i] : [])));
}
