import { ZERO } from "../../rollup/histogram/distribution.ts";
import { familyOf, readCount } from "./counted-body.ts";
import type { CountedBody } from "./counted-body.ts";
import type { Counted } from "../group.ts";
import { addRise } from "./readings.ts";
import type { Report } from "./report.ts";

/**
 * Where several processes may write a source, a counter that the previous body lacked is born only if this
 * body goes on from the previous one, and the next one from this (counters.md, rule 2b): the body of another
 * process would miss something of it, or have it lower. Until the next one the birth is unproven.
 *
 * Whether a body goes on from the counters before it: each is in it, with its last value or a higher one.
 */
export function goesOn(body: Pick<CountedBody, "counted" | "values" | "extras" | "before">): boolean {
  return body.before.every((last, k) => Number.isNaN(last) || readCount(body, k) >= last);
}

/** The next body has come, for these families (undefined: for all). */
export function settleBirths(
  counted: Counted,
  families: ReadonlySet<string> | undefined,
  isProven: boolean,
  report: Report,
): void {
  for (const [k, reading] of counted.births) {
    const family = familyOf(counted, k);
    if (families?.has(family) === false) continue;
    counted.births.delete(k);
    if (isProven) addRise(counted, k, ZERO, reading);
    else report.uncounted("baseline", counted, k, reading.value);
  }
}
