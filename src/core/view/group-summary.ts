import type { Labels } from "../exposition/label-block.ts";
import type { Group } from "../partition/group.ts";
import { isShown } from "../partition/group.ts";
import type { PartitionState } from "../partition/state.ts";

/** A group in a list of all: what can be said of it without its series. Plain data. */
export interface GroupSummary {
  readonly partition: number;
  readonly canonicalKey: string;
  /** Those of the grouping key. */
  readonly labels: Labels;
  /** Seconds of Unix time, 0 for never. */
  readonly pushedSeconds: number;
  readonly failedSeconds: number;
  readonly series: number;
}

/** The groups of a partition that a Pushgateway would show. Reads the state only. */
export function groupSummaries(state: PartitionState, observedMs: number): GroupSummary[] {
  return [...state.groups.values()]
    .filter((group) => isShown(group, observedMs))
    .map((group) => ({
      partition: state.partition,
      canonicalKey: group.key.canonical,
      labels: group.key.labels,
      pushedSeconds: group.pushedSeconds,
      failedSeconds: group.failedSeconds,
      series: seriesOf(group),
    }));
}

/** Whether the last push of a group was taken. */
export function hasSucceeded({
  pushedSeconds,
  failedSeconds,
}: Pick<Group, "pushedSeconds" | "failedSeconds">): boolean {
  return failedSeconds <= pushedSeconds;
}

function seriesOf(group: Group): number {
  return group.shown.reduce((sum, { snapshot }) => sum + snapshot.values.length, 0);
}
