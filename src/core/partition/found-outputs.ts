import type { Output } from "../rollup/output.ts";
import type { MergedLabels } from "./merged-labels.ts";
import type { Plan } from "./sample-plans.ts";

/** The outputs that were found for samples of a role and bound under one plan. */
type FoundOutputs = Map<MergedLabels, Output>;

interface FoundPart {
  readonly role: number;
  readonly bound: number;
  readonly outputs: FoundOutputs;
}

/**
 * What was found for other samples of the same body: its subtasks feed one output of each family, so 1,536 samples of
 * a body of eight slots feed some two hundred outputs. Finding each by its names and labels took a tenth of the push
 * of a restarted job.
 */
export function createFoundOutputs(): (plan: Plan, role: number, bound: number) => FoundOutputs {
  const found = new Map<Plan, FoundPart[]>();
  return (plan, role, bound) => {
    let parts = found.get(plan);
    if (parts === undefined) found.set(plan, (parts = []));
    for (const part of parts) if (part.role === role && Object.is(part.bound, bound)) return part.outputs;
    const outputs: FoundOutputs = new Map();
    parts.push({ role, bound, outputs });
    return outputs;
  };
}
