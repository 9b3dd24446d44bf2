import type { BoundarySet } from "../rollup/histogram/boundaries.ts";
import type { BoundaryQuestion, Verdict } from "../partition/partition.ts";

/** What decides, for all partitions, on which boundaries the sources of a histogram are added up: those of the first. */
export interface BoundarySets {
  /** The set of each output that is asked about, but for families that are refused. */
  decide(
    asked: readonly BoundaryQuestion[],
    conflicts: Verdict["conflicts"],
    observedMs: number,
  ): BoundarySet[];
  /** These were decided about before, and stand in the place of what is known of their outputs. */
  adopt(sets: readonly BoundarySet[], observedMs: number): void;
  /** Outputs about which nobody has asked since then. They may live all the same: who feeds an output need not ask. */
  idleSince(beforeMs: number): string[];
  /** No partition has these outputs any more, unless one has asked since then. */
  forget(outputs: readonly string[], beforeMs: number): void;
}

export function createBoundarySets(): BoundarySets {
  const sets = new Map<string, { readonly set: BoundarySet; askedMs: number }>();

  function hold(set: BoundarySet, observedMs: number): BoundarySet {
    let held = sets.get(set.output);
    if (held === undefined) sets.set(set.output, (held = { set, askedMs: observedMs }));
    held.askedMs = observedMs;
    return held.set;
  }

  return {
    decide(asked, conflicts, observedMs) {
      const refused = new Set(conflicts.map(({ family }) => family));
      return asked.filter(({ family }) => !refused.has(family)).map(({ set }) => hold(set, observedMs));
    },
    adopt(adopted, observedMs) {
      for (const set of adopted) sets.set(set.output, { set, askedMs: observedMs });
    },
    idleSince: (beforeMs) =>
      [...sets.values()].filter(({ askedMs }) => askedMs < beforeMs).map(({ set }) => set.output),
    forget(outputs, beforeMs) {
      for (const output of outputs) {
        const held = sets.get(output);
        if (held !== undefined && held.askedMs < beforeMs) sets.delete(output);
      }
    },
  };
}
