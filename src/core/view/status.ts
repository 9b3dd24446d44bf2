import { shownJob } from "../partition/fleet.ts";
import type { Group, Source } from "../partition/group.ts";
import { heldBytes } from "../partition/held-bytes.ts";
import { listMarks } from "../partition/marks.ts";
import type { PartitionState } from "../partition/state.ts";
import type { HeldByJob, PartitionStatus, SourceCount, SourcePush, SourceState } from "./part.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a partition tells about itself. Of more than `mostSources` none is told of by itself. Reads the state only. */
export function partitionStatus(
  state: PartitionState,
  layouts: PartitionStatus["layouts"],
  mostSources: number,
): PartitionStatus {
  const counts = new Map<string, Mutable<SourceCount>>();
  const held = new Map<string, Mutable<HeldByJob>>();
  const lastPushes: SourcePush[] = [];
  let sources = 0;
  for (const group of state.groups.values()) {
    const job = shownJob(group);
    for (const source of group.sources.values()) {
      sources += 1;
      const pushedSeconds = newestPush(source);
      addCount(
        counts,
        job,
        stateOf(group, source.isLive),
        pushedSeconds,
        source.frozen === undefined ? 0 : 1,
      );
      addHeld(held, job, source);
      if (!group.isFleet || !source.isLive || sources > mostSources) continue;
      lastPushes.push({ job, source: group.key.canonical, processId: source.processId, pushedSeconds });
    }
  }
  return {
    partition: state.partition,
    groups: state.groups.size,
    held: [...held.values()],
    layouts: { ...layouts },
    tallies: state.tally.rows(),
    sources: [...counts.values()],
    lastPushes: sources > mostSources ? undefined : lastPushes,
    marks: listMarks(state),
    flinkJobs: [...state.flinkJobs.values()],
  };
}

function newestPush({ shown }: Source): number {
  return Math.max(0, ...shown.map(({ snapshot }) => snapshot.pushedSeconds));
}

function stateOf(group: Group, isLive: boolean): SourceState {
  if (!group.isFleet) return "kept";
  return isLive ? "live" : "lost";
}

function addCount(
  counts: Map<string, Mutable<SourceCount>>,
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

function addHeld(held: Map<string, Mutable<HeldByJob>>, job: string, source: Source): void {
  let row = held.get(job);
  if (row === undefined) held.set(job, (row = { job, series: 0, bytes: 0 }));
  for (const { snapshot } of source.shown) row.series += snapshot.values.length;
  row.bytes += heldBytes(source);
}
