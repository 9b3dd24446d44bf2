import type { Accumulator } from "../accumulator.ts";
import { addIncrease } from "../accumulator.ts";

/** What a histogram says beside its count, all from one body. Never changed. */
export interface Distribution {
  /** How many observations lie at or below each boundary but +Inf, by rising boundary. */
  readonly buckets: Float64Array;
  /** Of the observations; it falls with negative ones. 0 where none was pushed. */
  readonly sum: number;
}

/** A count with what goes with it; undefined where all of that is zero, and for what is no histogram. */
export interface Reading {
  readonly value: number;
  readonly rest: Distribution | undefined;
}

export const ZERO: Reading = { value: 0, rest: undefined };

/** Where the increases of a histogram's parts are added up. */
export interface DistributionOutputs {
  /** By rising boundary. */
  readonly buckets: readonly Accumulator[];
  /** It counts what `_count` does. */
  readonly infinity: Accumulator;
  readonly sum: Accumulator | undefined;
}

/** Whether it can have come about by observations: it is cumulative, and its numbers are some. */
export function isSound({ value, rest }: Reading): boolean {
  return rest === undefined || (Number.isFinite(rest.sum) && fits(ZERO, { value, rest }));
}

/** Whether observations can lead from one to the other: each bucket has risen by as much as the one below it, or more. */
export function fits(from: Reading, to: Reading): boolean {
  let below = 0;
  const { length } = to.rest?.buckets ?? from.rest?.buckets ?? NOTHING;
  for (let b = 0; b < length; b += 1) {
    const increase = (to.rest?.buckets[b] ?? 0) - (from.rest?.buckets[b] ?? 0);
    // NaN is no increase either.
    if (!(increase >= below)) return false;
    below = increase;
  }
  return to.value - from.value >= below;
}

const NOTHING: readonly number[] = [];

/** Adds what lies between the two, but for the count itself. One must fit the other. */
export function addDistribution(outputs: DistributionOutputs, from: Reading, to: Reading): void {
  addIncrease(outputs.infinity, from.value, to.value);
  for (const [b, output] of outputs.buckets.entries()) {
    addIncrease(output, from.rest?.buckets[b] ?? 0, to.rest?.buckets[b] ?? 0);
  }
  if (outputs.sum !== undefined) addIncrease(outputs.sum, from.rest?.sum ?? 0, to.rest?.sum ?? 0);
}
