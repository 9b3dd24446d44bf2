import type { Labels } from "../../exposition/label-block.ts";
import type { ParsedFamily } from "../../exposition/parsed-body.ts";
import { type CompileRegex, compileSelector, type LabelTest } from "../../selector/compile-selector.ts";
import { FAMILY_NAME } from "../../selector/selector.ts";
import type { Level } from "../flink/level.ts";
import type { Companion } from "../rule.ts";
import { createDropping, type DroppedLabels, type Dropping } from "./dropped-labels.ts";
import { planMerge } from "./plan-merge.ts";
import { companionsOf } from "./rule-companions.ts";
import type { FamilyKind, RuleConfig, RuleFunction } from "./rule-config.ts";
import { seenLabels } from "./seen-labels.ts";

/** What the first rule that matches says of a series. `index` is its place under `rules:`, from 0. */
export type MatchedRule =
  | MergeRule
  | { readonly action: "drop"; readonly index: number }
  | {
      readonly action: "pass";
      readonly index: number;
      /** Why a rule that should merge cannot merge this family; undefined where the rule says `pass`. */
      readonly problem: string | undefined;
    };

export interface MergeRule {
  readonly action: "merge";
  readonly index: number;
  readonly kind: FamilyKind;
  readonly function: RuleFunction;
  readonly skip: readonly number[];
  readonly companions: readonly Companion[];
  /** Of a summary whose quantiles are certified: how many observations stand behind them at most. */
  readonly window: number | undefined;
  /** The same object for the same labels, to remember a text by. */
  readonly dropped: DroppedLabels;
}

/**
 * Asked once for each family of a new layout, and then for the labels of its series: as pushed, with those
 * of the grouping key. Undefined where no rule can match, which for most families the name alone tells.
 */
export type RuleMatcher = (
  family: MatchedFamily,
) => ((labels: Labels) => MatchedRule | undefined) | undefined;

type MatchedFamily = Pick<ParsedFamily, "name" | "type" | "subtype">;

export interface RuleDefaults {
  readonly level: Level;
  readonly companions: boolean;
}

export function createRuleMatcher(
  rules: readonly RuleConfig[],
  defaults: RuleDefaults,
  compileRegex: CompileRegex,
): RuleMatcher {
  const compiled = rules.map((rule, index) => compileRule(rule, index, defaults, compileRegex));
  return (family) => {
    const named = [FAMILY_NAME, family.name];
    const candidates = compiled.filter((rule) => rule.matchesName(named));
    if (candidates.length === 0) return undefined;
    const outcomes = candidates.map((rule) => outcomeOf(rule, family, defaults));
    return (labels) => {
      const seen = seenLabels(labels);
      const first = candidates.findIndex((rule) => rule.matchesLabels(seen));
      return outcomes[first]?.(labels);
    };
  };
}

interface CompiledRule {
  readonly rule: RuleConfig;
  readonly index: number;
  readonly matchesName: LabelTest;
  readonly matchesLabels: LabelTest;
  readonly drop: Dropping;
}

function compileRule(
  rule: RuleConfig,
  index: number,
  { level }: RuleDefaults,
  compileRegex: CompileRegex,
): CompiledRule {
  const ofName = rule.match.matchers.filter(({ name }) => name === FAMILY_NAME);
  const ofLabels = rule.match.matchers.filter(({ name }) => name !== FAMILY_NAME);
  return {
    rule,
    index,
    matchesName: compileSelector({ matchers: ofName }, compileRegex),
    matchesLabels: compileSelector({ matchers: ofLabels }, compileRegex),
    drop: createDropping(rule, level),
  };
}

/** What a rule says of a family's series, decided as far as the family alone allows. */
function outcomeOf(
  { rule, index, drop }: CompiledRule,
  family: MatchedFamily,
  defaults: RuleDefaults,
): (labels: Labels) => MatchedRule {
  if (rule.action !== "merge") return always(rule.action, index, undefined);
  const plan = planMerge(rule, family);
  if (plan.problem !== undefined) return always("pass", index, plan.problem);
  const { kind, function: fn } = plan;
  const companions = (rule.companions ?? defaults.companions) ? companionsOf(kind, fn) : [];
  const window =
    kind === "summary" && rule.intervals === true ? (rule.window ?? Number.POSITIVE_INFINITY) : undefined;
  const skip = rule.skip ?? [];
  const merges = new Map<DroppedLabels, MergeRule>();
  return (labels) => {
    const byRule = drop(family.name, labels);
    let merge = merges.get(byRule);
    if (merge === undefined) {
      const dropped = kind === "stateset" ? butState(byRule, family.name) : byRule;
      merge = { action: "merge", index, kind, function: fn, skip, companions, window, dropped };
      merges.set(byRule, merge);
    }
    return merge;
  };
}

/** The label that names the state bears the name of the family in OpenMetrics. As `le` does, it always stays. */
function butState(dropped: DroppedLabels, familyName: string): DroppedLabels {
  return { has: (name) => name !== familyName && dropped.has(name) };
}

function always(action: "drop" | "pass", index: number, problem: string | undefined): () => MatchedRule {
  const matched: MatchedRule = action === "drop" ? { action, index } : { action, index, problem };
  return () => matched;
}
