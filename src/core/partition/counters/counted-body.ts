import type { Cohorts } from "./cohorts.ts";
import { createCohorts } from "./cohorts.ts";
import type { SampleExtras } from "../../exposition/parsed-body.ts";
import type { Doubt } from "./doubts.ts";
import { newDoubt } from "./doubts.ts";
import type { Counted, Source } from "../group.ts";
import { isSoundCount } from "./readings.ts";
import type { Report } from "./report.ts";

/** A new body on its way through the counters of its source. Counters are named by their place in the feeds. */
export interface CountedBody {
  readonly source: Source;
  readonly counted: Counted;
  readonly values: Float64Array;
  readonly extras: SampleExtras | undefined;
  /** What was last before this body. */
  readonly before: Float64Array;
  /** Counters that had departed before. */
  readonly returned: readonly number[];
  /** It goes on from all counters of the body before it. */
  readonly isNext: boolean;
  readonly report: Report;
}

/** What a body says of its counters. */
export type Numbers = Pick<CountedBody, "counted" | "values" | "extras">;

/**
 * Rule 1: a sentinel of the rule says nothing; a negative or infinite counter says nonsense, and so does a
 * histogram whose numbers do not go together. NaN for all of these.
 */
export function readCount({ counted, values, extras }: Numbers, k: number): number {
  const { samples, skips } = counted.feeds.counters;
  const value = values[samples[k] ?? 0] ?? Number.NaN;
  const isCount = value >= 0 && value !== Number.POSITIVE_INFINITY;
  if (!isCount || skips[k]?.includes(value) === true) return Number.NaN;
  return isSoundCount({ counted, values, extras }, k) ? value : Number.NaN;
}

export function familyOf({ layout, feeds }: Counted, k: number): string {
  return layout.families[layout.familyOf[feeds.counters.samples[k] ?? 0] ?? 0]?.name ?? "";
}

export function cohortsOf(source: Source, counted: Counted): Cohorts {
  counted.cohorts ??= createCohorts(source, counted);
  return counted.cohorts;
}

export function doubtOf(counted: Counted, k: number): Doubt {
  let doubt = counted.doubts.get(k);
  if (doubt === undefined) {
    doubt = newDoubt(counted.last[k] ?? Number.NaN);
    counted.doubts.set(k, doubt);
  }
  return doubt;
}
