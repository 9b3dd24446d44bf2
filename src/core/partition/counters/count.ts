import { addIncrease } from "../../rollup/accumulator.ts";
import type { BirthJudge, Push } from "./births.ts";
import { createBirthJudge, noteAttempts } from "./births.ts";
import { followFrozen, freeze, hasCollided, holdRises } from "./collisions.ts";
import type { CountedBody } from "./counted-body.ts";
import { cohortsOf, doubtOf, familyOf, readCount } from "./counted-body.ts";
import { judgeFalls } from "./falls.ts";
import type { Feeds } from "../feeds.ts";
import type { Counted, Source } from "../group.ts";
import { ZERO } from "../../rollup/histogram/distribution.ts";
import type { LabelSet } from "../label-set.ts";
import { seriesName } from "../layout.ts";
import { createLiveAttempts } from "./live-attempts.ts";
import type { Report } from "./report.ts";
import { settleCandidates } from "./resets.ts";
import { riseTogether } from "./misfits.ts";
import { addRise, readingOf, setLast } from "./readings.ts";
import { followStarts } from "./starts.ts";
import { succeed } from "./succeed.ts";
import { goesOn, settleBirths } from "./unproven-births.ts";

/**
 * Adds a new body of a source to the counters that it feeds (counters.md, rules 1 to 4 and 6).
 * A body out of the ring of last bodies must not come here: it changes no counter state.
 */
export function countPush(
  source: Source,
  push: Push,
  feeds: Feeds,
  maxTombstones: number,
  report: Report,
): void {
  source.bodies += 1;
  const { values, extras } = push;
  const [only, ...others] = source.counted;
  // The feeds are others after a reload.
  const isKnown = only?.feeds === feeds && others.length === 0 && only.replaced.size === 0;
  if (isKnown) {
    if (push.method === "PUT") only.isWhole = true;
    const body: CountedBody = {
      source,
      counted: only,
      values,
      extras,
      before: copyOf(only.last),
      returned: [],
      isNext: false,
      report,
    };
    if (only.births.size > 0) settleBirths(only, undefined, goesOn(body), report);
    let judge: BirthJudge | undefined;
    addUp({ ...body, values: followStarts(body, push) }, (...series) => {
      judge ??= createBirthJudge(source, [only], push, []);
      return judge(...series);
    });
    source.pushedWallMs = push.wallMs;
    return;
  }
  // As it was before this push: the judge looks at it later, when the layout has been succeeded.
  const previous = source.counted.map((counted) => ({ ...counted, replaced: new Set(counted.replaced) }));
  const { counted, returned, lacksSome } = succeed(source, push, feeds);
  const before = copyOf(counted.last);
  const isNext = !lacksSome && goesOn({ counted, values, extras, before });
  const families = push.method === "POST" ? new Set(push.layout.families.map(({ name }) => name)) : undefined;
  for (const earlier of previous) settleBirths(earlier, families, isNext, report);
  const judge = createBirthJudge(source, previous, push, setsOf(counted, returned));
  const body: CountedBody = { source, counted, values, extras, before, returned, isNext, report };
  addUp({ ...body, values: followStarts(body, push) }, judge);
  source.pushedWallMs = push.wallMs;
  noteAttempts(source, push, maxTombstones);
  keepWithin(source, maxTombstones, push.observedMs, report);
}

/** Keeps the tombstones within their bound, and remembers when it cost evidence. */
function keepWithin(source: Source, maxTombstones: number, observedMs: number, report: Report): void {
  const before = source.tombstones.size;
  const evicted = source.tombstones.evict(maxTombstones, createLiveAttempts(source));
  if (evicted === "none") return;
  report.evicted(before - source.tombstones.size);
  source.evictedMs = observedMs;
  if (evicted === "others") source.unprovenMs = observedMs;
}

function setsOf({ layout, feeds }: Counted, ks: readonly number[]): LabelSet[] {
  return ks.flatMap((k) => layout.sets[feeds.counters.samples[k] ?? 0] ?? []);
}

let scratch = new Float64Array(1024);

/** Good until the next body. */
function copyOf(last: Float64Array): Float64Array {
  const { length } = last;
  if (scratch.length < length) scratch = new Float64Array(length * 2);
  const before = scratch.subarray(0, length);
  before.set(last);
  return before;
}

const NONE: ReadonlySet<number> = new Set();

/**
 * The loop that every push runs through, once for each of its counters. A rise is added and nearly
 * all samples either rise or stand still; what else there is comes before it or after it.
 */
function addUp(body: CountedBody, judge: BirthJudge): void {
  const { source, counted, values } = body;
  const restarted = counted.doubts.size === 0 ? NONE : settleDoubts(body);
  if (source.frozen !== undefined) followFrozen(body);

  let falls: number[] | undefined;
  const { last, skipsSome } = counted;
  const { counters, histograms } = counted.feeds;
  const { samples, outputs, skips } = counters;
  const hasHistograms = histograms.size > 0;
  for (let k = 0; k < last.length; k += 1) {
    const value = values[samples[k] ?? 0] ?? Number.NaN;
    const before = last[k] ?? Number.NaN;
    if (value === before) continue;
    const output = outputs[k];
    if (output === undefined) throw new Error("BUG: a counter without an output");
    const isSkipped = skipsSome && skips[k]?.includes(value) === true;
    if (value > before && value !== Number.POSITIVE_INFINITY && !isSkipped) {
      if (hasHistograms && histograms.has(k)) {
        riseTogether(body, k);
        continue;
      }
      addIncrease(output, before, value);
      last[k] = value;
    } else if (Number.isNaN(readCount(body, k))) {
      tellQuarantined(body, k, value);
    } else if (Number.isNaN(before)) {
      countFirst(body, k, restarted, judge);
    } else {
      (falls ??= []).push(k);
    }
  }
  if (falls !== undefined) judgeFalls(body, falls);
}

/** What earlier bodies have left undecided. Returns the cohorts which this body proves to have restarted. */
function settleDoubts(body: CountedBody): ReadonlySet<number> {
  if (hasCollided(body)) {
    freeze(body);
    return NONE;
  }
  const restarted = settleCandidates(body);
  followDead(body);
  holdRises(body);
  return restarted;
}

/** What late bodies tell of an attempt that has gone may have been counted before: a second time it is not. */
function followDead(body: CountedBody): void {
  const { counted, report } = body;
  for (const [k, { isDead }] of counted.doubts) {
    const value = readCount(body, k);
    const last = counted.last[k] ?? Number.NaN;
    if (!isDead || !(value > last)) continue;
    report.uncounted("baseline", counted, k, value - last);
    setLast(counted, k, readingOf(body, k));
  }
}

/** A NaN, as a number that a rule skips, is no value and no news; in a histogram it contradicts the rest. */
function tellQuarantined({ counted, report }: CountedBody, k: number, value: number): void {
  const { counters, histograms } = counted.feeds;
  if (Number.isNaN(value) && !histograms.has(k)) return;
  if (counters.skips[k]?.includes(value) !== true) report.quarantined(familyOf(counted, k));
}

function countFirst(body: CountedBody, k: number, restarted: ReadonlySet<number>, judge: BirthJudge): void {
  const { source, counted, isNext, report } = body;
  const reading = readingOf(body, k);
  setLast(counted, k, reading);
  const i = counted.feeds.counters.samples[k] ?? 0;
  const set = counted.layout.sets[i];
  if (set === undefined) throw new Error("BUG: a counter without a label set");
  const family = familyOf(counted, k);
  const hasRestarted = restarted.size > 0 && restarted.has(cohortsOf(source, counted).of[k] ?? 0);
  const birth = hasRestarted ? "born" : judge(i, set, seriesName(counted.layout, i), family, reading.value);
  if (birth === "born") addRise(counted, k, ZERO, reading);
  else if (birth === "unproven" && isNext) counted.births.set(k, reading);
  else report.uncounted("baseline", counted, k, reading.value);
  if (birth === "dead") doubtOf(counted, k).isDead = true;
}
