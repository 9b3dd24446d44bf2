import { formatNumber } from "../exposition/format-number.ts";
import type { ShownFamily } from "../exposition/write/metric.ts";
import { seriesText } from "../exposition/write/series-text.ts";
import { createBulk } from "./bulk.ts";
import { freshMemory } from "./bulk-memory.ts";
import type { LabelBytes } from "./label-bytes.ts";
import type { RollupSample } from "./rollup-samples.ts";

/** Between two looks for chunks that are full: what a family may hold in memory besides. */
const LINES_AT_A_TIME = 1_000;

/**
 * The lines of a family's outputs in text, chunk by chunk when they are asked for: the numbers are those of the merge,
 * however long their scraper takes.
 */
export function* linesOf(
  family: ShownFamily,
  samples: readonly RollupSample[],
  labelBytes: LabelBytes,
): Generator<Uint8Array> {
  const bulk = createBulk({ memory: freshMemory(samples.length), labelBytes });
  for (const [i, { suffix, labels, value }] of samples.entries()) {
    if (family.isLegacy) bulk.line(family.name + suffix, labels, value);
    else bulk.add(`${seriesText(family, suffix, labels)} ${formatNumber(value)}\n`);
    if (i % LINES_AT_A_TIME === 0) yield* bulk.takeFull();
  }
  yield* bulk.take();
}
