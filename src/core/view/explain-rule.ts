import { readRenderedLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import { isMarked } from "../partition/marks.ts";
import type { Settings } from "../partition/settings.ts";
import type { PartitionState } from "../partition/state.ts";
import { matchFlinkFamily } from "../rollup/flink/match-flink-family.ts";
import type { Output } from "../rollup/output.ts";
import { FORWARDED, NO_RULE } from "../rollup/output.ts";
import { renderSelector } from "../selector/selector.ts";

/** What made an output, for a person. */
export function ruleText(state: PartitionState, { flink, rules }: Settings, output: Output): string {
  const { family, type, origin, labels } = output;
  const job = labelValue(readRenderedLabels(labels), "job") ?? "";
  const noCounter = isMarked(state, job, family) ? " (it was taken for a counter, and has gone down)" : "";
  if (origin === FORWARDED)
    return output.function === "newest" ? "forwarded" : "forwarded: summed over relays";
  if (origin !== NO_RULE) {
    // Nothing feeds it, so by the rules of now it is made by none.
    if (output.formerRule !== undefined) {
      return `rule ${output.formerRule}, of the file before it was last read again`;
    }
    const rule = rules[origin];
    if (rule === undefined) return "a rule that is no longer in the file";
    const passes = output.function === "newest" && rule.function !== "last" ? ", passes through" : "";
    return `rule ${origin + 1}: ${renderSelector(rule.match)}${passes}${noCounter}`;
  }
  const preset = flink ? matchFlinkFamily(family, type) : undefined;
  if (noCounter !== "") return `passes through${noCounter}`;
  if (preset !== undefined) return `Flink preset: ${preset.kind}`;
  return flink && state.inferred.has(`${job} ${family}`)
    ? "Flink preset: counter (a rate of its name stands beside it)"
    : "passes through";
}
