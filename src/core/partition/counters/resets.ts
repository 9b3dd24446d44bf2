import { ZERO } from "../../rollup/histogram/distribution.ts";
import type { CountedBody } from "./counted-body.ts";
import { cohortsOf, readCount } from "./counted-body.ts";
import { addHeld } from "./collisions.ts";
import type { Doubt } from "./doubts.ts";
import { addRise, lastOf, readingOf, setLast } from "./readings.ts";

const NONE: ReadonlySet<number> = new Set();

/**
 * Decides about the candidates of earlier bodies (counters.md, rule 4c): a value that is still below the last
 * one, and no lower than the candidate, is a new life's and counts whole; one that is back was never gone.
 * Returns the cohorts which have proved to have restarted.
 */
export function settleCandidates(body: CountedBody): ReadonlySet<number> {
  const { counted, report } = body;
  const accepted: number[] = [];
  for (const [k, doubt] of counted.doubts) {
    const value = readCount(body, k);
    const { candidate } = doubt;
    // Absence proves nothing.
    if (candidate === undefined || Number.isNaN(value)) continue;
    doubt.candidate = undefined;
    const isBack = value >= (counted.last[k] ?? Number.NaN);
    if (isBack) continue;
    if (value >= candidate) {
      accept(body, k, doubt);
      accepted.push(k);
    } else {
      // Lower still: a life that one body alone has told of, or a late body. It may be a candidate again.
      report.uncounted("unconfirmed", counted, k, candidate);
    }
  }
  return accepted.length === 0 ? NONE : provenCohorts(body, accepted);
}

function accept(body: CountedBody, k: number, doubt: Doubt): void {
  const { source, counted } = body;
  const reading = readingOf(body, k);
  if (doubt.held !== undefined) addHeld(body, k, doubt);
  addRise(counted, k, ZERO, reading);
  doubt.reset = { prev: lastOf(counted, k), body: source.bodies };
  doubt.strikes = 0;
  doubt.misfit = undefined;
  setLast(counted, k, reading);
}

/**
 * Cohorts of which more restarted than stands where it was or higher: what else of them is seen now, or comes
 * back later, began anew with them. A single counter that can go down must not prove that of the others.
 */
function provenCohorts(body: CountedBody, accepted: readonly number[]): ReadonlySet<number> {
  const { source, counted, before } = body;
  const { of } = cohortsOf(source, counted);
  const score = new Map<number, number>();
  const restarted = new Set(accepted);
  for (const k of accepted) score.set(of[k] ?? 0, (score.get(of[k] ?? 0) ?? 0) + 1);
  for (const k of before.keys()) {
    const known = score.get(of[k] ?? 0);
    if (known === undefined || restarted.has(k) || !isStanding(body, k)) continue;
    score.set(of[k] ?? 0, known - 1);
  }
  const proven = new Set([...score].filter(([, value]) => value > 0).map(([cohort]) => cohort));
  if (proven.size > 0) restartDeparted(body, proven, restarted);
  return proven;
}

function isStanding(body: CountedBody, k: number): boolean {
  const value = readCount(body, k);
  return value > 0 && value >= (body.before[k] ?? Number.NaN);
}

/** What had departed begins anew too, whether it is back in this body, and lower, or comes later. */
function restartDeparted(
  body: CountedBody,
  proven: ReadonlySet<number>,
  restarted: ReadonlySet<number>,
): void {
  const { source, counted, returned, before } = body;
  const { of, names, anonymous } = cohortsOf(source, counted);
  source.tombstones.restart(source, new Set([...proven].map((number) => names[number] ?? "")));
  for (const k of returned) {
    const isLower = readCount(body, k) < (before[k] ?? Number.NaN);
    if (!isLower || restarted.has(k) || !anonymous.has(k) || !proven.has(of[k] ?? 0)) continue;
    setLast(counted, k, ZERO);
    counted.doubts.delete(k);
  }
}
