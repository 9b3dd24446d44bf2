import type { Counted } from "../group.ts";
import { noteNoCounter } from "../marks.ts";
import type { PartitionState } from "../state.ts";
import { familyOf } from "./counted-body.ts";
import { noteUncounted } from "../../rollup/output.ts";

/**
 * Why an amount is in no output.
 * `baseline`: counted before the relay first saw it. `unconfirmed`: of a life so short that one body alone
 * told of it. `collision`: of two writers that nothing tells apart. `contradiction`: of a histogram whose
 * buckets and count cannot both have risen from what they were.
 */
type UncountedReason = "baseline" | "unconfirmed" | "collision" | "contradiction";

/** Where the fold of a body says what it does not count. */
export interface Report {
  /** Of counter `k`: both its output and the metrics about the relay tell of it. */
  uncounted(reason: UncountedReason, counted: Counted, k: number, amount: number): void;
  /** A counter that is negative or infinite, or a histogram whose numbers contradict each other: it is the sample that is left out. */
  quarantined(family: string): void;
  /** Two writers of one source have shown themselves. */
  collision(): void;
  /** So many tombstones had to go for others. */
  evicted(count: number): void;
  /** The family is no counter. */
  noCounter(family: string): void;
}

export function createReport(state: PartitionState, job: string): Report {
  const { tally } = state;
  return {
    uncounted(reason, counted, k, amount) {
      const labels = ["family", familyOf(counted, k), "job", job, "reason", reason];
      tally.add("sluice_uncounted_increase_total", labels, amount);
      const output = counted.feeds.counters.outputs[k];
      if (output !== undefined) noteUncounted(output, reason, amount);
    },
    quarantined: (family) =>
      tally.add("sluice_left_out_series_total", ["family", family, "job", job, "reason", "quarantined"], 1),
    collision: () => tally.add("sluice_collisions_total", ["job", job], 1),
    evicted: (count) => tally.add("sluice_evicted_tombstones_total", ["job", job], count),
    noCounter: (family) => noteNoCounter(state, { job, family }),
  };
}
