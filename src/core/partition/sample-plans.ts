import type { FamilyType } from "../exposition/parsed-body.ts";
import { droppedLabels } from "../rollup/flink/level.ts";
import { isFlinkName } from "../rollup/flink/scopes.ts";
import type { OutputFunction } from "../rollup/output.ts";
import { NO_RULE } from "../rollup/output.ts";
import type { Rule } from "../rollup/rule.ts";
import type { DroppedLabels } from "../rollup/rules/dropped-labels.ts";
import type { SampleRules } from "../rollup/rules/match-layout.ts";
import type { MatchedRule, MergeRule } from "../rollup/rules/match-rules.ts";
import { isStamp } from "../stamps.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout, LayoutFamily } from "./layout.ts";
import type { Settings } from "./settings.ts";

export interface PlanContext {
  readonly settings: Settings;
  /** What the rules of the file say of each sample. */
  readonly rules: SampleRules;
  /** The rule for a family of which they say nothing, or undefined where it passes through. */
  match(family: LayoutFamily): Rule | undefined;
  /** Whether the family has been taken for a counter and is none. */
  isNoCounter(family: string): boolean;
  /** Families that stay out of every view. */
  readonly leftOut: ReadonlySet<string>;
}

/** What happens to some series of a family. */
export interface Plan {
  readonly name: string;
  readonly type: FamilyType;
  /** What becomes of samples of one value; undefined where each series stays as it was pushed. */
  readonly function: OutputFunction | undefined;
  readonly skip: readonly number[];
  readonly companions: Rule["companions"];
  /** Of a summary whose quantiles are certified: how many observations stand behind them at most. */
  readonly window: number | undefined;
  readonly origin: number;
  droppedOf(set: LabelSet): DroppedLabels;
}

/** The plan of each sample, undefined where it is shown nowhere. The rules of the file go first. */
export function createPlanner(layout: Layout, context: PlanContext): (i: number) => Plan | undefined {
  const { leftOut, rules } = context;
  const isShown = layout.families.map(({ name }) => !leftOut.has(name) && !isStamp(name));
  const ofFamilies = layout.families.map((family, f) =>
    isShown[f] === true ? planFamily(family, context) : undefined,
  );
  const ofRules = new Map<MatchedRule, Plan | undefined>();
  return (i) => {
    const f = layout.familyOf[i] ?? 0;
    const rule = rules?.[i];
    const family = layout.families[f];
    if (rule === undefined || family === undefined) return ofFamilies[f];
    if (isShown[f] !== true) return undefined;
    // A rule has another answer for each family, so the answer alone tells them apart.
    if (!ofRules.has(rule)) ofRules.set(rule, planByRule(family, rule, context));
    return ofRules.get(rule);
  };
}

function planByRule(family: LayoutFamily, rule: MatchedRule, context: PlanContext): Plan | undefined {
  switch (rule.action) {
    case "drop":
      return undefined;
    case "pass":
      return { ...passThrough(family), origin: rule.index };
    case "merge":
      if (holdsCounters(rule) && context.isNoCounter(family.name)) {
        return { ...passAsGauge(family), origin: rule.index };
      }
      return {
        name: family.name,
        type: mergedType(family, rule, context.settings),
        function: outputFunction(rule),
        skip: rule.skip,
        companions: rule.companions,
        window: rule.window,
        origin: rule.index,
        droppedOf: () => rule.dropped,
      };
  }
}

function holdsCounters({ kind }: MergeRule): boolean {
  return kind === "counter" || kind === "histogram" || kind === "summary";
}

function outputFunction(rule: MergeRule): OutputFunction {
  if (rule.kind === "counter") return "counter";
  // A source is in a state, with 1, or it is not, with 0.
  if (rule.kind === "stateset" && rule.function === "count") return "sum";
  return MERGE_FUNCTION[rule.function];
}

const MERGE_FUNCTION: { readonly [F in MergeRule["function"]]: OutputFunction } = {
  sum: "sum",
  min: "min",
  max: "max",
  avg: "avg",
  last: "newest",
  count: "count",
  // A row of quantiles is the only thing that `worst` is said of, and each quantile has its own.
  worst: "max",
  union: "union",
};

/** Flink's counters keep Flink's type where the operator wants that of all of them. */
function mergedType({ name, type }: LayoutFamily, { kind }: MergeRule, settings: Settings): FamilyType {
  if (kind === "counter") return isFlinkName(name) && settings.counterType === "gauge" ? type : "counter";
  return kind === "histogram" || kind === "summary" ? type : "gauge";
}

/** What Flink's own rules say of a family; undefined where it is shown nowhere. */
function planFamily(family: LayoutFamily, context: PlanContext): Plan | undefined {
  const rule = context.match(family);
  if (rule?.action === "drop") return undefined;
  if (context.isNoCounter(family.name)) return passAsGauge(family);
  if (rule === undefined) return passThrough(family);
  const { settings } = context;
  const isCounter = rule.kind === "counter";
  const merges = settings.level !== "attempt";
  const fn = rule.function === "worst" ? "max" : rule.function;
  const ofJob = droppedLabels(family.name, true, settings.level);
  const ofProcess = droppedLabels(family.name, false, settings.level);
  return {
    name: family.name,
    type: isCounter && settings.counterType === "counter" ? "counter" : family.type,
    function: merges ? (isCounter ? "counter" : fn) : undefined,
    skip: rule.skip,
    companions: merges && settings.companions ? rule.companions : [],
    window: merges && settings.intervals && rule.kind === "summary" ? Number.POSITIVE_INFINITY : undefined,
    origin: NO_RULE,
    droppedOf: (set) => (set.hasJobId ? ofJob : ofProcess),
  };
}

function passThrough({ name, type }: LayoutFamily): Plan {
  return {
    name,
    type,
    function: undefined,
    skip: [],
    companions: [],
    window: undefined,
    origin: NO_RULE,
    droppedOf: () => NOTHING,
  };
}

/** A summary keeps its type: its quantiles are what they were, and only its count is no counter. */
function passAsGauge(family: LayoutFamily): Plan {
  return { ...passThrough(family), type: family.type === "counter" ? "gauge" : family.type };
}

const NOTHING: DroppedLabels = new Set<string>();
