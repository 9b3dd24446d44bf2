import type { Labels } from "../../exposition/label-block.ts";
import { labelValue } from "../../exposition/label-block.ts";
import type { Level } from "../flink/level.ts";
import { droppedLabels } from "../flink/level.ts";
import { isFlinkName } from "../flink/scopes.ts";
import type { RuleConfig } from "./rule-config.ts";

/** Which labels an output loses. A `ReadonlySet` of names is one. */
export interface DroppedLabels {
  has(name: string): boolean;
}

/** The labels that a rule takes from the series of a family: always the same object for the same answer. */
export type Dropping = (familyName: string, labels: Labels) => DroppedLabels;

/**
 * The dropping of one rule. A series of Flink's also loses what the level drops: a rule for the job's own
 * counters should not have to list what tells one attempt of a task from the next.
 */
export function createDropping(rule: RuleConfig, defaultLevel: Level): Dropping {
  const own = ownDropping(rule);
  const level = rule.level ?? defaultLevel;
  // `droppedLabels` has two answers at most for one level, and no new objects.
  const joined = new Map<DroppedLabels, DroppedLabels>();
  return (familyName, labels) => {
    if (!isFlinkName(familyName)) return own;
    const byLevel = droppedLabels(familyName, labelValue(labels, "job_id") !== undefined, level);
    let both = joined.get(byLevel);
    if (both === undefined) {
      both = { has: (name) => own.has(name) || byLevel.has(name) };
      joined.set(byLevel, both);
    }
    return both;
  };
}

function ownDropping({ by, without }: RuleConfig): DroppedLabels {
  if (by === undefined) return new Set(without);
  const kept = new Set(by);
  return { has: (name) => !kept.has(name) };
}
