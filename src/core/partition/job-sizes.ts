import { shownJob } from "./fleet.ts";
import type { Group } from "./group.ts";
import type { PartitionState } from "./state.ts";

/** How much is held. */
export interface Size {
  /** Of bodies that a view shows. */
  readonly series: number;
  /** Those that are only remembered for what they counted among them; a group without any counts as one. */
  readonly sources: number;
}

export interface JobSize extends Size {
  /** As the views show it. */
  readonly job: string;
}

/** How much all shards may hold together. */
export interface RoomBounds {
  readonly maxSeriesPerJob: number;
  readonly maxSeries: number;
  readonly maxSources: number;
}

export const NOTHING: Size = { series: 0, sources: 0 };

export function addSizes(a: Size, b: Size): Size {
  return { series: a.series + b.series, sources: a.sources + b.sources };
}

/** How much a partition holds of each job. No part of its state, which it follows. */
export interface JobSizes {
  of(job: string): Size;
  all(): Size;
  list(): JobSize[];
  /** Something may have happened to that group; without a key, to any. */
  recount(canonicalKey?: string): void;
  /** The jobs of which more or less is held than when this was last asked. */
  takeChanged(): string[];
}

export function createJobSizes({ groups }: Pick<PartitionState, "groups">): JobSizes {
  const byGroup = new Map<string, JobSize>();
  const byJob = new Map<string, Size>();
  const changed = new Set<string>();
  let all = NOTHING;

  function add({ job, series, sources }: JobSize, sign: 1 | -1): void {
    const amount = { series: sign * series, sources: sign * sources };
    const after = addSizes(byJob.get(job) ?? NOTHING, amount);
    if (after.sources === 0) byJob.delete(job);
    else byJob.set(job, after);
    all = addSizes(all, amount);
    changed.add(job);
  }

  function recount(key: string): void {
    const before = byGroup.get(key);
    const group = groups.get(key);
    const after = group && sizeOf(group);
    if (isSame(before, after)) return;
    if (before !== undefined) add(before, -1);
    if (after === undefined) {
      byGroup.delete(key);
      return;
    }
    byGroup.set(key, after);
    add(after, 1);
  }

  function recountAll(): void {
    for (const key of new Set([...byGroup.keys(), ...groups.keys()])) recount(key);
  }

  recountAll();
  return {
    of: (job) => byJob.get(job) ?? NOTHING,
    all: () => all,
    list: () => Array.from(byJob, ([job, size]) => ({ job, ...size })),
    recount: (key) => (key === undefined ? recountAll() : recount(key)),
    takeChanged() {
      const jobs = [...changed];
      changed.clear();
      return jobs;
    },
  };
}

function sizeOf(group: Group): JobSize {
  let series = 0;
  for (const { shown } of group.sources.values()) {
    for (const { snapshot } of shown) series += snapshot.values.length;
  }
  return { job: shownJob(group), series, sources: Math.max(1, group.sources.size) };
}

function isSame(a: JobSize | undefined, b: JobSize | undefined): boolean {
  return a?.job === b?.job && a?.series === b?.series && a?.sources === b?.sources;
}
