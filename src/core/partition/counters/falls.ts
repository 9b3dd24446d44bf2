import type { CountedBody } from "./counted-body.ts";
import { cohortsOf, doubtOf, familyOf } from "./counted-body.ts";

/** So often may a counter fall by itself before it is taken for none. */
const STRIKES = 3;

/**
 * What a new body says with the counters that are below their last value (counters.md, rules 4c and 4f).
 *
 * Where more of a cohort fell than rose, it may have restarted: what nothing identifies is a candidate for a
 * reset. Where as many rise and one family alone falls, it is no counter: of a late body none would rise.
 */
export function judgeFalls(body: CountedBody, falls: readonly number[]): void {
  const { source, counted, report } = body;
  const { of, anonymous } = cohortsOf(source, counted);
  const fell = new Map<number, number>();
  for (const k of falls) fell.set(of[k] ?? 0, (fell.get(of[k] ?? 0) ?? 0) + 1);
  const rose = countRises(body, fell);
  const alone = fallingAlone(body, falls);

  for (const k of falls) {
    const cohort = of[k] ?? 0;
    const value = body.values[counted.feeds.counters.samples[k] ?? 0] ?? Number.NaN;
    const mayHaveRestarted = (fell.get(cohort) ?? 0) > (rose.get(cohort) ?? 0);
    // A late body of an attempt changes nothing and leaves no trace.
    if (mayHaveRestarted && !anonymous.has(k)) continue;
    const doubt = doubtOf(counted, k);
    if (mayHaveRestarted) {
      doubt.candidate = value;
    } else if (value < doubt.recent && alone.get(cohort) === familyOf(counted, k)) {
      doubt.strikes += 1;
      if (doubt.strikes === STRIKES) report.noCounter(familyOf(counted, k));
    }
    doubt.recent = value;
  }
}

/** How many counters rose, in the cohorts in which some fell. */
function countRises({ source, counted, before }: CountedBody, fell: ReadonlyMap<number, number>) {
  const { of } = cohortsOf(source, counted);
  const rose = new Map<number, number>();
  for (const [k, last] of counted.last.entries()) {
    const cohort = of[k] ?? 0;
    if (last > (before[k] ?? Number.NaN) && fell.has(cohort)) rose.set(cohort, (rose.get(cohort) ?? 0) + 1);
  }
  return rose;
}

/** By cohort the one family that is lower than in the previous new body; undefined where there are several. */
function fallingAlone({ source, counted, values }: CountedBody, falls: readonly number[]) {
  const { of } = cohortsOf(source, counted);
  const alone = new Map<number, string | undefined>();
  for (const k of falls) {
    const value = values[counted.feeds.counters.samples[k] ?? 0] ?? Number.NaN;
    const recent = counted.doubts.get(k)?.recent ?? counted.last[k] ?? Number.NaN;
    if (!(value < recent)) continue;
    const cohort = of[k] ?? 0;
    const family = familyOf(counted, k);
    alone.set(cohort, !alone.has(cohort) || alone.get(cohort) === family ? family : undefined);
  }
  return alone;
}
