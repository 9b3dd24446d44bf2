import type { SampleRules } from "../rollup/rules/match-layout.ts";
import { shownJob } from "./fleet.ts";
import type { Feeds } from "./feeds.ts";
import type { Group, Snapshot } from "./group.ts";
import type { Layout } from "./layout.ts";
import type { PartitionState } from "./state.ts";

/** Counts what a new layout holds that the merged view cannot show as it was pushed. */
export function tallyOddities(
  state: PartitionState,
  group: Group,
  { layout, leftOut, feeds }: Snapshot,
): void {
  const job = shownJob(group);
  for (const i of layout.repeats ?? []) leaveOut(state, layout, i, job, "repeated");
  for (const [i, family] of leftOut.size === 0 ? [] : layout.familyOf.entries()) {
    if (leftOut.has(layout.families[family]?.name ?? "")) leaveOut(state, layout, i, job, "type_conflict");
  }
  if (feeds === undefined) return;
  const shared = feeds.gauges.outputs.filter(
    (output) => output.function === "newest" && output.contributors > 1,
  );
  if (shared.length > 0) state.tally.add("sluice_conflicts_total", ["job", job], shared.length);
  tallyConflicts(state, group, layout, feeds);
  for (const i of feeds.countless) leaveOut(state, layout, i, job, "no_count");
}

/**
 * Counts what feeds nothing, because another rule makes the series that it was to feed, and histograms that lack
 * a boundary of the series that they were to feed.
 */
export function tallyConflicts(
  state: PartitionState,
  group: Group,
  layout: Layout,
  { conflicts, otherLayouts }: Feeds,
): void {
  for (const i of otherLayouts) {
    const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
    const labels = ["family", family, "job", shownJob(group)];
    state.tally.add("sluice_histogram_layout_conflicts_total", labels, 1);
  }
  for (const i of conflicts) leaveOut(state, layout, i, shownJob(group), "rule_conflict");
}

/** Counts what a rule was to merge and could not: it is shown as it was pushed. */
export function tallyRules(
  state: PartitionState,
  group: Group,
  { layout }: Pick<Snapshot, "layout">,
  rules: SampleRules,
): void {
  if (rules === undefined) return;
  const job = shownJob(group);
  for (const [i, rule] of rules.entries()) {
    if (rule?.action !== "pass" || rule.problem === undefined) continue;
    const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
    const labels = ["family", family, "job", job, "reason", rule.problem];
    state.tally.add("sluice_unmerged_series_total", labels, 1);
  }
}

function leaveOut(state: PartitionState, layout: Layout, i: number, job: string, reason: string): void {
  const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
  state.tally.add("sluice_left_out_series_total", ["family", family, "job", job, "reason", reason], 1);
}
