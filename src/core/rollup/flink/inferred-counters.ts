import { ruleOf } from "../rule.ts";
import type { Rule } from "../rule.ts";
import { isFlinkName } from "./scopes.ts";

/** Flink names its meters so, and its operators register each of them beside the counter that it reads. */
const RATE_SUFFIX = "PerSecond";

/** Counts of what is there now: `numRecordsInFlight`, `numBatchesPending`, `numRunningJobs`, `numRegisteredTaskManagers`. */
const COUNT_OF_THE_PRESENT = /_num(?:[^_]*(?:InFlight|Pending)|(?:Running|Registered)[^_]*)$/;

export const INFERRED_COUNTER: Rule = ruleOf("counter", "sum", [], true);

/**
 * Which of these are counters, because a rate of the same name stands beside them.
 * `names` are a body's families of one value that no rule matches. Nothing else about a name is taken
 * for evidence: `numOpenConnections` is no counter, and a sum that should have been none goes wrong for good.
 */
export function inferCounters(names: readonly string[]): readonly string[] {
  const present = new Set(names);
  return names.filter(
    (name) =>
      isFlinkName(name) &&
      present.has(name + RATE_SUFFIX) &&
      !name.endsWith(RATE_SUFFIX) &&
      !COUNT_OF_THE_PRESENT.test(name),
  );
}
