import { isForwarded } from "../../forwarding/relay-label.ts";
import { ZERO } from "../../rollup/histogram/distribution.ts";
import type { Counted, Source } from "../group.ts";
import type { Push } from "./births.ts";
import { addHeld } from "./collisions.ts";
import type { CountedBody } from "./counted-body.ts";
import { readCount } from "./counted-body.ts";
import { addRise, readingOf, setLast } from "./readings.ts";

/** On the first push of a source, a series that began so short a time ago is taken to have begun under the relay's eyes. */
const YOUNG_MS = 70_000;
/** A start that lies further ahead than clocks differ tells nothing. */
const CLOCKS_DIFFER_MS = 70_000;
/** The clocks of one relay's partitions differ by less, and none has two lives within that time. */
const PARTITIONS_DIFFER_MS = 1_000;

/**
 * Follows the start timestamps of a body (counters.md, rule 4b): a later one than before is a new life, and counts
 * from zero; an earlier one is that of a life which is over, of which a late body tells. Returns the values that
 * are left to be counted.
 *
 * A higher value under a later start is the whole value of a new life only if that began after the previous push:
 * some clients reckon the start anew each time, and come out a little later.
 */
export function followStarts(body: CountedBody, push: Push): Float64Array {
  const { source, counted } = body;
  const startsMs = push.extras?.startsMs;
  if (startsMs === undefined) {
    if (counted.starts !== undefined) forgetStarts(counted);
    return body.values;
  }
  const starts = startsOf(counted);
  let left: Float64Array | undefined;
  for (const [k, i] of counted.feeds.counters.samples.entries()) {
    const start = startsMs[i] ?? Number.NaN;
    const known = starts[k] ?? Number.NaN;
    if (start === known || Number.isNaN(start)) continue;
    if (start < known) {
      if (isOfSameLife(body, k, known - start)) {
        setStart(counted, k, start);
        continue;
      }
      left ??= Float64Array.from(body.values);
      left[i] = Number.NaN;
      continue;
    }
    const value = readCount(body, k);
    if (Number.isNaN(value)) continue;
    const last = counted.last[k] ?? Number.NaN;
    const isLower = value < last;
    const isNew = start > source.pushedWallMs || (isLower && !Number.isNaN(known));
    // Lower under the first start that is told: whether that is the start of another life, nobody knows.
    if (isLower && !isNew) continue;
    if (isNew && !Number.isNaN(last)) restart(body, push, k, start);
    setStart(counted, k, start);
  }
  return left ?? body.values;
}

/**
 * The start that a relay tells is the earliest of its partitions'. Where their clocks differ, one that comes to feed the
 * counter later may have begun to earlier. Of a life that is over a late body tells the same, but for a higher value.
 */
function isOfSameLife(body: CountedBody, k: number, earlierMs: number): boolean {
  const { source, counted } = body;
  return (
    isForwarded(source.group.key.labels) &&
    earlierMs <= PARTITIONS_DIFFER_MS &&
    readCount(body, k) >= (counted.last[k] ?? Number.NaN)
  );
}

/** A life that was over before the relay heard of the source has been counted elsewhere, or by nobody. */
function restart(body: CountedBody, push: Push, k: number, start: number): void {
  const { source, counted, report } = body;
  const doubt = counted.doubts.get(k);
  if (doubt?.held !== undefined) addHeld(body, k, doubt);
  counted.doubts.delete(k);
  const reading = readingOf(body, k);
  if (isBirth(source, push, start)) addRise(counted, k, ZERO, reading);
  else report.uncounted("baseline", counted, k, reading.value);
  setLast(counted, k, reading);
}

/**
 * Whether a series that began then has done all its counting under the relay's eyes (rule 2a). What was counted
 * elsewhere before the relay first heard of the source has not. Where tombstones were evicted, an older series
 * may have been counted already.
 */
export function isBirth(source: Source, { wallMs, observedMs }: Push, startMs: number): boolean {
  if (startMs > wallMs + CLOCKS_DIFFER_MS) return false;
  // Observed time never runs faster, so the eviction was no later than that.
  const evictedMs = wallMs - (observedMs - Math.max(source.evictedMs, source.unprovenMs));
  if (startMs <= evictedMs) return false;
  if (!isFirst(source)) {
    if (startMs > source.firstWallMs) return true;
    // A relay forwards what it showed a moment ago: what its first forward lacks may be a little older than that.
    if (!isForwarded(source.group.key.labels)) return false;
  }
  const firstMs = isFirst(source) ? wallMs : source.firstWallMs;
  return firstMs - startMs <= YOUNG_MS && observedMs > wallMs - startMs;
}

function isFirst({ bodies }: Source): boolean {
  return bodies === 1;
}

function startsOf(counted: Counted): Float64Array {
  if (counted.starts === undefined) {
    counted.starts = new Float64Array(counted.last.length).fill(Number.NaN);
    // What is identified is no longer anonymous.
    counted.cohorts = undefined;
  }
  return counted.starts;
}

export function setStart(counted: Counted, k: number, startMs: number): void {
  const starts = startsOf(counted);
  if (Number.isNaN(starts[k] ?? Number.NaN)) counted.cohorts = undefined;
  starts[k] = startMs;
}

/** The client no longer tells any. */
function forgetStarts(counted: Counted): void {
  counted.starts = undefined;
  counted.cohorts = undefined;
}
