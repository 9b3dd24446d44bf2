import type { Accumulator } from "../accumulator.ts";
import type { NativeHistogram } from "../../exposition/native-histogram.ts";
import { addIncrease } from "../accumulator.ts";
import { addNative, nativeCount, subtractNative } from "./native.ts";

/** What a histogram says beside its count, all from one body. Never changed. */
export interface Distribution {
  /** How many observations lie at or below each boundary but +Inf, by rising boundary. */
  readonly buckets: Float64Array;
  /** Of the observations; it falls with negative ones. 0 where none was pushed. */
  readonly sum: number;
  /** The same observations as a native histogram, where the body had one. */
  readonly native: NativeHistogram | undefined;
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
  readonly count: NativeAccumulator;
}

/** An output that adds native histograms up beside its number. */
export interface NativeAccumulator {
  /** What came of increases that were told natively too; undefined as long as there are none. */
  native: NativeHistogram | undefined;
}

/** Whether it can have come about by observations: it is cumulative, and its numbers are some. */
export function isSound({ value, rest }: Reading): boolean {
  if (rest === undefined) return true;
  if (rest.native !== undefined && !isSameCount(nativeCount(rest.native), value)) return false;
  return Number.isFinite(rest.sum) && fits(ZERO, { value, rest });
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
  if (!(to.value - from.value >= below)) return false;
  const [a, b] = [from.rest?.native, to.rest?.native];
  return a === undefined || b === undefined || subtractNative(b, a) !== undefined;
}

const NOTHING: readonly number[] = [];

/** Adds what lies between the two, but for the count itself. One must fit the other. */
export function addDistribution(outputs: DistributionOutputs, from: Reading, to: Reading): void {
  addIncrease(outputs.infinity, from.value, to.value);
  for (const [b, output] of outputs.buckets.entries()) {
    addIncrease(output, from.rest?.buckets[b] ?? 0, to.rest?.buckets[b] ?? 0);
  }
  if (outputs.sum !== undefined) addIncrease(outputs.sum, from.rest?.sum ?? 0, to.rest?.sum ?? 0);
  const increase = nativeIncrease(from, to);
  if (increase === undefined) return;
  const { native } = outputs.count;
  outputs.count.native = native === undefined ? increase : addNative(native, increase);
}

function nativeIncrease(from: Reading, to: Reading): NativeHistogram | undefined {
  const native = to.rest?.native;
  if (native === undefined || from.value === 0) return native;
  return from.rest?.native && subtractNative(native, from.rest.native);
}

/** Whole numbers are counted exactly; others only to rounding. */
export function isSameCount(a: number, b: number): boolean {
  return a === b || (!(Number.isInteger(a) && Number.isInteger(b)) && Math.abs(a - b) <= b * 1e-9);
}
