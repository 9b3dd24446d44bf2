import type { PushCommand } from "./commands.ts";
import { shownJob } from "./fleet.ts";
import { layoutFootprint } from "./footprint.ts";
import type { JobSize } from "./job-sizes.ts";
import type { Prepared } from "./prepare.ts";
import { keptShowings } from "./show.ts";
import type { PartitionState } from "./state.ts";

/** What a push would add to what is held of its job. */
export interface Growth extends JobSize {
  /** About how much memory its layout takes, in bytes. */
  footprint(this: void): number;
}

const NO_LAYOUT = (): number => 0;

/**
 * What a push with a new layout, or none, would add to what is held of its job; less than nothing where it replaces
 * more than it brings.
 */
export function growthOf(
  { groups }: PartitionState,
  { key, method }: PushCommand,
  prepared: Exclude<Prepared, { kind: "known" }>,
): Growth {
  const group = groups.get(key.canonical);
  const isFleet = prepared.kind === "new" ? prepared.isFleet : group?.isFleet === true;
  const job = shownJob({ key, isFleet });
  if (prepared.kind !== "new") {
    // A group tells that pushes to it fail, but not of bodies that cannot even be read.
    const isTold = prepared.kind === "empty" || prepared.refusal.code === "inconsistent";
    return { job, series: 0, sources: isTold && group === undefined ? 1 : 0, footprint: NO_LAYOUT };
  }
  const source = group?.sources.get(prepared.process?.id ?? "");
  const before = source?.shown ?? [];
  const kept = keptShowings(before, prepared.layout, method);
  const seriesOf = (showings: typeof before): number =>
    showings.reduce((sum, { snapshot }) => sum + snapshot.values.length, 0);
  // A group that has no source has been counted as one.
  const isFirst = group !== undefined && group.sources.size === 0;
  return {
    job,
    series: prepared.values.length + seriesOf(kept) - seriesOf(before),
    sources: source !== undefined || isFirst ? 0 : 1,
    footprint: () => layoutFootprint(prepared.layout),
  };
}
