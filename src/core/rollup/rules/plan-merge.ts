import type { FamilyType, ParsedFamily } from "../../exposition/parsed-body.ts";
import { DEFAULT_FUNCTION, refuseFunction, withArticle } from "./kind-functions.ts";
import type { FamilyKind, RuleConfig, RuleFunction } from "./rule-config.ts";

/** What a rule does with families of one type, or why it can do nothing with them. */
export type MergePlan =
  | { readonly kind: FamilyKind; readonly function: RuleFunction; readonly problem: undefined }
  | { readonly problem: string };

/**
 * The plan of a rule that merges. Many rules say neither kind nor function, so some contradictions show
 * only when a family arrives; then it is not merged, because a sum that should have been none goes wrong
 * for good.
 */
export function planMerge(rule: Pick<RuleConfig, "kind" | "function">, family: Typed): MergePlan {
  const kind = kindOf(rule, family);
  if (typeof kind !== "string") return kind;
  const fn = rule.function ?? DEFAULT_FUNCTION[kind];
  if (fn === undefined) return { problem: "a gauge needs a function: sum, min, max, avg, last or count" };
  const reason = refuseFunction(kind, fn);
  if (reason !== undefined)
    return { problem: `function: ${fn} makes no sense for ${withArticle(kind)}: ${reason}` };
  return { kind, function: fn, problem: undefined };
}

/** What a push says that a family is. */
type Typed = Pick<ParsedFamily, "type" | "subtype">;

type Problem = { readonly problem: string };

function kindOf(
  { kind, function: fn }: Pick<RuleConfig, "kind" | "function">,
  { type, subtype }: Typed,
): FamilyKind | Problem {
  if (kind !== undefined) return isOfShape(kind, type) ? kind : misfit(kind, type);
  if (type === "gaugehistogram") return misfit("histogram", type);
  if (type !== "untyped") return subtype ?? type;
  // Only a sum may be meant of a counter as well as of a gauge; all other functions say that it is a gauge.
  const isGauge = fn !== undefined && fn !== "sum" && fn !== "worst";
  return isGauge ? "gauge" : { problem: "it is pushed without a TYPE; say kind: counter or kind: gauge" };
}

function misfit(kind: FamilyKind, type: FamilyType): Problem {
  return { problem: `what is pushed as ${withArticle(type)} cannot be merged as ${withArticle(kind)}` };
}

/** A type of one value may be wrong about which. Buckets and quantiles cannot be made up. */
function isOfShape(kind: FamilyKind, type: FamilyType): boolean {
  const isOneValue = type === "counter" || type === "gauge" || type === "untyped";
  return kind === "histogram" || kind === "summary" ? kind === type : isOneValue;
}
