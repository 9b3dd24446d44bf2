/**
 * A sum of increases in two numbers: `hi` is what is served, `lo` what did not fit into it.
 * A plain number loses increases: adding 1 to 2^53 a thousand times adds nothing.
 */
export interface Accumulator {
  hi: number;
  lo: number;
}

/**
 * Adds the increase from `last` to `value` (`value >= last`). `hi` never falls.
 *
 * The difference and both sums are error-free transformations (Knuth's two-sum), and the pair is
 * renormalised each time, so that `hi` is always the double nearest to the whole.
 */
export function addIncrease(sum: Accumulator, last: number, value: number): void {
  const increase = value - last;
  const subtrahend = increase - value;
  const increaseError = value - (increase - subtrahend) - (last + subtrahend);

  const raised = sum.hi + increase;
  const added = raised - sum.hi;
  const sumError = sum.hi - (raised - added) + (increase - added);

  const rest = sum.lo + (sumError + increaseError);
  const hi = raised + rest;
  sum.lo = rest - (hi - raised);
  sum.hi = hi;
}
