import { shownJob } from "./fleet.ts";
import type { Group, Snapshot } from "./group.ts";
import type { Layout } from "./layout.ts";
import type { PartitionState } from "./state.ts";

/** Counts what a new layout holds that the merged view cannot show as it was pushed. */
export function tallyOddities(
  state: PartitionState,
  group: Group,
  { layout, leftOut, feeds }: Snapshot,
): void {
  if (feeds === undefined) return;
  const job = shownJob(group);
  const shared = feeds.gauges.outputs.filter(
    (output) => output.function === "newest" && output.contributors > 1,
  );
  if (shared.length > 0) state.tally.add("sluice_conflicts_total", ["job", job], shared.length);
  for (const i of layout.repeats ?? []) leaveOut(state, layout, i, job, "repeated");
  for (const [i, family] of layout.familyOf.entries()) {
    if (leftOut.has(layout.families[family]?.name ?? "")) leaveOut(state, layout, i, job, "type_conflict");
  }
}

function leaveOut(state: PartitionState, layout: Layout, i: number, job: string, reason: string): void {
  const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
  state.tally.add("sluice_left_out_series_total", ["family", family, "job", job, "reason", reason], 1);
}
