import type { Reading } from "../../rollup/histogram/distribution.ts";
import { fits, ZERO } from "../../rollup/histogram/distribution.ts";
import type { CountedBody } from "./counted-body.ts";
import { cohortsOf, doubtOf, readCount } from "./counted-body.ts";
import type { Doubt } from "./doubts.ts";
import { isSettled } from "./doubts.ts";
import type { Counted, Source } from "../group.ts";
import { addRise, lastOf, readingOf, setLast } from "./readings.ts";

/** In so many new bodies a second writer shows itself, and after so many without a fall it is taken to have gone. */
const WATCHED_BODIES = 10;

/**
 * A reset that is no reset: two processes write one key, and nothing in a body tells them apart
 * (counters.md, rule 4e). The values alternate between a low and a high branch. So a rise to where the
 * counter was before its reset is counted from there, and what lies below is held back for a few bodies.
 */
export function holdRises(body: CountedBody): void {
  const { source, counted } = body;
  for (const [k, doubt] of counted.doubts) {
    const value = readCount(body, k);
    if (Number.isNaN(value)) continue;
    if (doubt.held !== undefined && isOver(source, doubt.held)) addHeld(body, k, doubt);
    if (doubt.reset !== undefined && isOver(source, doubt.reset)) doubt.reset = undefined;
    const last = lastOf(counted, k);
    const { reset } = doubt;
    if (reset !== undefined && value > last.value && value >= reset.prev.value) {
      holdRise(body, k, doubt, reset.prev);
    }
    if (value < last.value) continue;
    doubt.recent = value;
    if (isSettled(doubt)) counted.doubts.delete(k);
  }
}

/** A histogram to which the value before the reset cannot lead has risen by itself. */
function holdRise(body: CountedBody, k: number, doubt: Doubt, prev: Reading): void {
  const { source, counted } = body;
  const reading = readingOf(body, k);
  if (!fits(prev, reading)) return;
  addRise(counted, k, prev, reading);
  doubt.held = { low: lastOf(counted, k), prev, body: source.bodies };
  doubt.reset = undefined;
  setLast(counted, k, reading);
}

/** No second writer has shown itself: what was held back is an increase like any other. */
export function addHeld({ counted, report }: CountedBody, k: number, doubt: Doubt): void {
  if (doubt.held === undefined) return;
  const { low, prev } = doubt.held;
  if (fits(low, prev)) addRise(counted, k, low, prev);
  else report.uncounted("contradiction", counted, k, prev.value - low.value);
  doubt.held = undefined;
}

/** Whether a counter has fallen back to the low branch, so soon after it had risen to the high one. */
export function hasCollided(body: CountedBody): boolean {
  const { source, counted } = body;
  return [...counted.doubts].some(([k, { held }]) => {
    if (held === undefined || isOver(source, held)) return false;
    const value = readCount(body, k);
    return value < (counted.last[k] ?? Number.NaN) && value >= held.low.value;
  });
}

/** From this body on the anonymous counters of the source add nothing. What was held back is dropped. */
export function freeze({ source, report }: CountedBody): void {
  source.frozen = { calmBodies: 0 };
  report.collision();
  for (const counted of source.counted) {
    const { anonymous } = cohortsOf(source, counted);
    for (const [k, { held }] of counted.doubts) {
      if (held !== undefined) report.uncounted("collision", counted, k, sizeOf(held));
      if (anonymous.has(k)) counted.doubts.delete(k);
    }
  }
}

/**
 * A body of a frozen source. Its values become the last ones, so that nothing is added; what they exceed the
 * highest by is told. After enough bodies without a fall one writer is left, and counts from where it is.
 */
export function followFrozen(body: CountedBody): void {
  const { source, counted, report } = body;
  const { frozen } = source;
  if (frozen === undefined) return;
  let hasFallen = false;
  for (const k of cohortsOf(source, counted).anonymous) {
    const value = readCount(body, k);
    if (Number.isNaN(value)) continue;
    const last = counted.last[k] ?? Number.NaN;
    const doubt = doubtOf(counted, k);
    const high = doubt.high ?? (Number.isNaN(last) ? ZERO : lastOf(counted, k));
    const reading = readingOf(body, k);
    if (value > high.value) report.uncounted("collision", counted, k, value - high.value);
    doubt.high = value > high.value ? reading : high;
    if (value < last) hasFallen = true;
    setLast(counted, k, reading);
  }
  frozen.calmBodies = hasFallen ? 0 : frozen.calmBodies + 1;
  if (frozen.calmBodies >= WATCHED_BODIES) thaw(source, counted);
}

function thaw(source: Source, newest: Counted): void {
  source.frozen = undefined;
  for (const counted of source.counted) {
    for (const [k, doubt] of counted.doubts) {
      if (doubt.high === undefined) continue;
      // Of what a POST has left alone, nobody knows whose value the last one was.
      if (counted !== newest) setLast(counted, k, higherOf(doubt.high, lastOf(counted, k)));
      doubt.high = undefined;
      doubt.recent = counted.last[k] ?? Number.NaN;
      if (isSettled(doubt)) counted.doubts.delete(k);
    }
  }
}

function isOver(source: Source, { body }: { readonly body: number }): boolean {
  return source.bodies - body > WATCHED_BODIES;
}

/** How much is held back. */
export function sizeOf({ low, prev }: NonNullable<Doubt["held"]>): number {
  return prev.value - low.value;
}

/** Of a frozen counter the one that nothing must be counted below of; the other may be none. */
export function higherOf(high: Reading, last: Reading): Reading {
  return last.value > high.value ? last : high;
}
