import type { MarkCommand } from "./commands.ts";
import { shownJob } from "./fleet.ts";
import type { Source } from "./group.ts";
import { forgetText } from "./layout.ts";
import { isMarked, setMark } from "./marks.ts";
import type { PartitionState } from "./state.ts";

/**
 * From now on the family passes through, or is a counter again, from the next push of each source on. Either
 * way the counter's life ends here: what it has counted, and what its series had last, means nothing any more.
 */
export function applyMark(state: PartitionState, { kind, job, family, observedMs }: MarkCommand): void {
  // The coordinator says it again when it has been started anew.
  if (kind === "mark" && isMarked(state, job, family)) return;
  setMark(state, { job, family }, kind === "mark");
  state.outputs.end(family, job);
  for (const group of state.groups.values()) {
    if (!group.isFleet || shownJob(group) !== job) continue;
    for (const source of group.sources.values()) forgetLasts(source, family, observedMs);
  }
}

function forgetLasts(source: Source, family: string, observedMs: number): void {
  const names = new Set(["", "_count", "_sum"].map((suffix) => family + suffix));
  // Behind the name of a histogram's count stand its boundaries.
  const isOfFamily = (name: string): boolean => names.has(name) || name.startsWith(`${family}_count le `);
  // What comes back of them is no birth.
  if (source.tombstones.forget(isOfFamily)) source.unprovenMs = observedMs;
  for (const { layout, feeds, last, rests, doubts, births } of source.counted) {
    const number = layout.families.findIndex(({ name }) => name === family);
    if (number === -1) continue;
    for (const [k, i] of feeds.counters.samples.entries()) {
      if (layout.familyOf[i] !== number) continue;
      last[k] = Number.NaN;
      rests.delete(k);
      doubts.delete(k);
      births.delete(k);
    }
  }
  for (const { snapshot } of source.shown) {
    const { layout } = snapshot;
    if (layout.families.some(({ name }) => name === family)) forgetText(layout);
  }
}
