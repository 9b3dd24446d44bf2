import { namesIn } from "../coordinator/name-sets.ts";
import type { Mark } from "../partition/marks.ts";
import { listMarks } from "../partition/marks.ts";
import type { PartitionState } from "../partition/state.ts";
import type { BoundarySet } from "../rollup/histogram/boundaries.ts";
import type { Output } from "../rollup/output.ts";
import { outputId } from "../rollup/output.ts";
import type { ShardReport } from "./messages.ts";

/** What partitions that were loaded know of what concerns all of them. */
export function reportOn(
  states: Iterable<PartitionState>,
): Omit<ShardReport, "observedMs" | "families" | "sizes"> {
  const inferred = new Map<string, Set<string>>();
  const marks = new Map<string, Mark>();
  const nameSets = new Map<string, readonly string[]>();
  const histograms: Output[] = [];
  let nextDueMs = Number.POSITIVE_INFINITY;
  for (const state of states) {
    nextDueMs = Math.min(nextDueMs, state.nextDueMs);
    for (const mark of listMarks(state)) marks.set(`${mark.job} ${mark.family}`, mark);
    for (const key of state.inferred) noteInferred(inferred, key);
    for (const { key } of state.groups.values()) {
      const names = namesIn(key.labels);
      nameSets.set(names.join("\0"), names);
    }
    histograms.push(...histogramsOf(state));
  }
  return {
    nextDueMs,
    inferred: [...inferred].map(([job, families]) => ({ job, families: [...families] })),
    marks: [...marks.values()],
    nameSets: [...nameSets.values()],
    boundarySets: boundarySetsOf(histograms),
  };
}

function noteInferred(inferred: Map<string, Set<string>>, key: string): void {
  // The name of a family has no space in it; a job may have.
  const space = key.lastIndexOf(" ");
  const job = key.slice(0, space);
  let families = inferred.get(job);
  if (families === undefined) inferred.set(job, (families = new Set()));
  families.add(key.slice(space + 1));
}

function histogramsOf({ outputs }: PartitionState): Output[] {
  return [...outputs.families.values()].flatMap((family) =>
    [...family.outputs.values()].filter(({ suffix, boundaries }) => suffix === "_count" && boundaries),
  );
}

/** Where partitions differ, one of them has not heard yet of what became of an output that it no longer feeds. */
function boundarySetsOf(histograms: readonly Output[]): BoundarySet[] {
  return histograms
    .toSorted((a, b) => Math.min(a.contributors, 1) - Math.min(b.contributors, 1))
    .flatMap((output) => {
      const { boundaries } = output;
      return boundaries === undefined ? [] : [{ output: outputId(output), boundaries }];
    });
}
