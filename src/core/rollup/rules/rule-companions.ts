import type { Companion } from "../rule.ts";
import type { FamilyKind, RuleFunction } from "./rule-config.ts";

/** What stands beside a roll-up whose one number hides the truth. Only gauges can be counted and averaged anew. */
export function companionsOf(kind: FamilyKind, fn: RuleFunction): readonly Companion[] {
  return kind === "gauge" ? (OF_GAUGES[fn] ?? NONE) : NONE;
}

const NONE: readonly Companion[] = [];
const OF_GAUGES: { readonly [F in RuleFunction]?: readonly Companion[] } = {
  sum: ["contributors"],
  avg: ["max"],
  max: ["avg"],
};
