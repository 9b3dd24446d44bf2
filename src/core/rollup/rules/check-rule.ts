import { FAMILY_NAME } from "../../selector/selector.ts";
import { refuseFunction, withArticle } from "./kind-functions.ts";
import type { RuleConfig } from "./rule-config.ts";

/** What is wrong with a rule whose keys are each well written, and the key to point at. */
export interface RuleFault {
  readonly key: keyof RuleConfig;
  readonly message: string;
}

const MERGE_KEYS = [
  "kind",
  "function",
  "by",
  "without",
  "skip",
  "level",
  "companions",
  "intervals",
  "window",
] as const;

export function checkRule(rule: RuleConfig): readonly RuleFault[] {
  if (rule.action === "merge")
    return [...labelFaults(rule), ...functionFaults(rule), ...intervalFaults(rule)];
  return MERGE_KEYS.filter((key) => rule[key] !== undefined).map((key) => ({
    key,
    message: `${key} says how to merge, and action: ${rule.action} merges nothing; remove one of the two`,
  }));
}

function* labelFaults({ by, without }: RuleConfig): Iterable<RuleFault> {
  if (by !== undefined && without !== undefined) {
    yield {
      key: "without",
      message:
        "by and without exclude each other: by names the labels that stay, without those that go; keep one",
    };
  }
  if (by?.includes(FAMILY_NAME) === true) yield { key: "by", message: `by: ${NAME_STAYS}` };
  if (without?.includes(FAMILY_NAME) === true) yield { key: "without", message: `without: ${NAME_STAYS}` };
  for (const bound of ["le", "quantile"]) {
    if (without?.includes(bound) !== true) continue;
    yield {
      key: "without",
      message: `without: ${bound} tells the parts of one ${bound === "le" ? "histogram" : "summary"} apart and always stays; leave it out`,
    };
  }
}

const NAME_STAYS = `${FAMILY_NAME} is the name of the family and always stays; leave it out`;

function* functionFaults({ kind, function: fn, skip }: RuleConfig): Iterable<RuleFault> {
  if (kind === "gauge" && fn === undefined) {
    yield { key: "kind", message: "a gauge needs a function: sum, min, max, avg, last or count" };
  }
  const reason = kind === undefined || fn === undefined ? undefined : refuseFunction(kind, fn);
  if (kind !== undefined && reason !== undefined) {
    yield { key: "function", message: `function: ${fn} makes no sense for ${withArticle(kind)}: ${reason}` };
  }
  if (kind === "histogram" && skip !== undefined) {
    yield {
      key: "skip",
      message: "skip: a histogram counts, and no count stands for no value; leave it out",
    };
  }
  if (kind === "info" && skip !== undefined) {
    yield { key: "skip", message: "skip: the value of an info says nothing; leave it out" };
  }
}

function* intervalFaults({ kind, intervals, window }: RuleConfig): Iterable<RuleFault> {
  if (intervals === true && kind !== undefined && kind !== "summary") {
    yield {
      key: "intervals",
      message: `intervals: ${withArticle(kind)} has no quantiles, only a summary has; leave it out`,
    };
  }
  if (window !== undefined && intervals !== true) {
    yield { key: "window", message: "window: it says something about intervals only; add intervals: true" };
  }
}
