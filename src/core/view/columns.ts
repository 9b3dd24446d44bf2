import type { Partial } from "../rollup/partial.ts";

/**
 * The columns of a row of numbers: what a partition says of one output. As numbers in one array, and not as objects,
 * they cost 100,000 outputs no work of the collector and cross between threads without being copied.
 */
export const Column = {
  /** See `Told`. */
  told: 0,
  lastLiveMs: 1,
  startMs: 2,
  sum: 3,
  min: 4,
  max: 5,
  count: 6,
  unset: 7,
  newest: 8,
  newestMs: 9,
  newestPartition: 10,
  newestSequence: 11,
} as const;

export const COLUMNS = 12;

/** What stands in the first column. */
export const Told = { nothing: 0, lingering: 1, live: 2 } as const;

/** The partial of a row, without what is no number. */
export function partialAt(numbers: Float64Array, at: number): Partial {
  const number = (column: number): number => numbers[at + column] ?? Number.NaN;
  return {
    sum: number(Column.sum),
    min: number(Column.min),
    max: number(Column.max),
    count: number(Column.count),
    unset: number(Column.unset),
    newest: number(Column.newest),
    newestMs: number(Column.newestMs),
    newestPartition: number(Column.newestPartition),
    newestSequence: number(Column.newestSequence),
  };
}

/** Makes a row one of which nothing is said yet. */
export function clearRow(numbers: Float64Array, at: number): void {
  numbers[at + Column.told] = Told.nothing;
  numbers[at + Column.lastLiveMs] = Number.NEGATIVE_INFINITY;
  numbers[at + Column.startMs] = Number.NaN;
  numbers[at + Column.sum] = 0;
  numbers[at + Column.min] = Number.POSITIVE_INFINITY;
  numbers[at + Column.max] = Number.NEGATIVE_INFINITY;
  numbers[at + Column.count] = 0;
  numbers[at + Column.unset] = 0;
  numbers[at + Column.newest] = Number.NaN;
  numbers[at + Column.newestMs] = Number.NEGATIVE_INFINITY;
  numbers[at + Column.newestPartition] = -1;
  numbers[at + Column.newestSequence] = -1;
}
