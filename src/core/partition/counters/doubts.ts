import type { Reading } from "../../rollup/histogram/distribution.ts";
import type { Output } from "../../rollup/output.ts";

/**
 * What is undecided about a counter that has fallen (counters.md, rule 4). Nearly all have none, and a
 * decided one is dropped, so that the loop over a push need not look.
 */
export interface Doubt {
  /** Its value in the previous new body that had one: `last` may be higher. */
  recent: number;
  /** The value of what may be a new life; the next new body decides. */
  candidate: number | undefined;
  /** The latest accepted reset, for the few bodies in which it may yet turn out to be a second writer. */
  reset: { readonly prev: Reading; readonly body: number } | undefined;
  /** A rise over the value before the reset, from `low` to `prev`, which is counted if no second writer shows. */
  held: { readonly low: Reading; readonly prev: Reading; readonly body: number } | undefined;
  /** How often it alone has fallen. */
  strikes: number;
  /** The highest value while its source is frozen. */
  high: Reading | undefined;
  /** Of a histogram: a reading to which its last value cannot lead; the next new body decides. */
  misfit: Reading | undefined;
  /** It is of an attempt that has gone: late bodies may tell of it for the second time. */
  isDead: boolean;
}

/** The last value of a counter with what is undecided about it. */
export interface Remembered extends Reading {
  readonly doubt: Doubt | undefined;
  /** When its life began, in Unix milliseconds; NaN where nobody has told. */
  readonly startMs: number;
  /** What it has fed. */
  readonly output: Output | undefined;
}

export function newDoubt(recent: number): Doubt {
  return {
    recent,
    candidate: undefined,
    reset: undefined,
    held: undefined,
    strikes: 0,
    high: undefined,
    misfit: undefined,
    isDead: false,
  };
}

/** Whether nothing of it says more than `last` does. */
export function isSettled({ candidate, reset, held, strikes, high, misfit, isDead }: Doubt): boolean {
  return (
    candidate === undefined &&
    reset === undefined &&
    held === undefined &&
    strikes === 0 &&
    high === undefined &&
    misfit === undefined &&
    !isDead
  );
}
