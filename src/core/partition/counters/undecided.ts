import { sizeOf } from "./collisions.ts";
import type { Source } from "../group.ts";
import type { Report } from "./report.ts";

/** No body will come any more that could decide: what was held back is not counted. */
export function tellUndecided(source: Source, report: Report): void {
  for (const counted of source.counted) {
    for (const [k, { value }] of counted.births) report.uncounted("baseline", counted, k, value);
    for (const [k, { candidate, held }] of counted.doubts) {
      if (candidate !== undefined) report.uncounted("unconfirmed", counted, k, candidate);
      if (held !== undefined) report.uncounted("collision", counted, k, sizeOf(held));
    }
  }
}
