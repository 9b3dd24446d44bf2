import { shownJob } from "../partition/fleet.ts";
import type { Group } from "../partition/group.ts";
import { listMarks } from "../partition/marks.ts";
import type { PartitionState } from "../partition/state.ts";
import type { PartitionStatus, SourceCount, SourceState } from "./part.ts";

/** What a partition tells about itself. Reads the state only. */
export function partitionStatus(state: PartitionState): PartitionStatus {
  let series = 0;
  const counts = new Map<string, { -readonly [K in keyof SourceCount]: SourceCount[K] }>();
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) {
      for (const { snapshot } of source.shown) series += snapshot.values.length;
      const sourceState = stateOf(group, source.isLive);
      const newest = Math.max(0, ...source.shown.map(({ snapshot }) => snapshot.pushedSeconds));
      add(counts, shownJob(group), sourceState, newest, source.frozen === undefined ? 0 : 1);
    }
  }
  return {
    partition: state.partition,
    groups: state.groups.size,
    series,
    tallies: state.tally.rows(),
    sources: [...counts.values()],
    marks: listMarks(state),
    flinkJobs: [...state.flinkJobs.values()],
  };
}

function stateOf(group: Group, isLive: boolean): SourceState {
  if (!group.isFleet) return "kept";
  return isLive ? "live" : "lost";
}

function add(
  counts: Map<string, { -readonly [K in keyof SourceCount]: SourceCount[K] }>,
  job: string,
  state: SourceState,
  pushedSeconds: number,
  frozen: number,
): void {
  const key = `${state} ${job}`;
  const row = counts.get(key);
  if (row === undefined) {
    counts.set(key, { job, state, count: 1, frozen, oldestPushSeconds: pushedSeconds });
  } else {
    row.count += 1;
    row.frozen += frozen;
    row.oldestPushSeconds = Math.min(row.oldestPushSeconds, pushedSeconds);
  }
}
