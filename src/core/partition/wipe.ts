import { departAll } from "./depart.ts";
import type { PartitionState, Surroundings } from "./state.ts";

/**
 * Forgets all that was pushed, and with it what has been counted: from here on the partition is one that has never
 * seen a push. What is known of families (that one is a counter, or none) and what the relay counts of itself stays.
 */
export function wipe(state: PartitionState, surroundings: Surroundings, observedMs: number): void {
  for (const group of state.groups.values()) departAll(state, surroundings, group, observedMs, false);
  state.groups.clear();
  state.outputs.forget(state.outputs.idleSince(Number.POSITIVE_INFINITY));
  state.flinkJobs.clear();
  state.nextDueMs = Number.POSITIVE_INFINITY;
}
