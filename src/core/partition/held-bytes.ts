import type { Source } from "./group.ts";
import type { Layout } from "./layout.ts";

/** Of one sample: its value, its family, role and label set. */
export const SAMPLE_BYTES: number = 8 + 4 + 1 + 8;
/** Of one sample: its share of the text by which the next body is recognised, as measured in a fleet. */
export const TEXT_BYTES = 60;
/** Of one counter: its last value. */
const COUNTER_BYTES = 8;
/** Of a series that is gone: an entry in two maps, with its name. */
const TOMBSTONE_BYTES = 200;

/**
 * About how much memory a source takes, without what it shares with others: label sets, and the outputs that it
 * feeds. Counted, not measured: good for telling which job is the large one.
 */
export function heldBytes(source: Source): number {
  const { counted, tombstones } = source;
  let bytes = tombstones.size * TOMBSTONE_BYTES;
  for (const { text, sets } of layoutsOf(source)) {
    bytes += sets.length * (SAMPLE_BYTES + (text === undefined ? 0 : TEXT_BYTES));
  }
  for (const { last } of counted) bytes += last.length * COUNTER_BYTES;
  return bytes;
}

/** Each once. */
export function layoutsOf({ shown, counted }: Source): ReadonlySet<Layout> {
  const layouts = new Set<Layout>();
  for (const { snapshot } of shown) layouts.add(snapshot.layout);
  for (const { layout } of counted) layouts.add(layout);
  return layouts;
}
