import type { Reading } from "../../rollup/histogram/distribution.ts";
import { fits } from "../../rollup/histogram/distribution.ts";
import type { CountedBody } from "./counted-body.ts";
import { doubtOf, familyOf } from "./counted-body.ts";
import { isSettled } from "./doubts.ts";
import { addRise, isSoundCount, lastOf, readingOf, setLast } from "./readings.ts";

/** The count of a histogram has risen: all of it is added, or where its buckets contradict that, nothing. */
export function riseTogether(body: CountedBody, k: number): void {
  const { counted, report } = body;
  const reading = readingOf(body, k);
  const last = lastOf(counted, k);
  if (!isSoundCount(body, k)) {
    report.quarantined(familyOf(counted, k));
  } else if (fits(last, reading)) {
    addRise(counted, k, last, reading);
    setLast(counted, k, reading);
    forgetMisfit(body, k);
  } else {
    report.quarantined(familyOf(counted, k));
    judgeMisfit(body, k, last, reading);
  }
}

/**
 * No life of a histogram leads from its last value to this one. If the next body goes on from here, it is another
 * life, which counts from there: how much of it is new nobody can tell.
 */
function judgeMisfit({ counted, report }: CountedBody, k: number, last: Reading, reading: Reading): void {
  const doubt = doubtOf(counted, k);
  const { misfit } = doubt;
  if (misfit === undefined || reading.value < misfit.value || !fits(misfit, reading)) {
    doubt.misfit = reading;
    return;
  }
  report.uncounted("contradiction", counted, k, reading.value - last.value);
  doubt.misfit = undefined;
  setLast(counted, k, reading);
}

function forgetMisfit({ counted }: CountedBody, k: number): void {
  const doubt = counted.doubts.get(k);
  if (doubt?.misfit === undefined) return;
  doubt.misfit = undefined;
  if (isSettled(doubt)) counted.doubts.delete(k);
}
