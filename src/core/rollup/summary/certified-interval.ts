import type { SourceQuantiles } from "./source-quantiles.ts";

/** A quantile of the whole lies in it. Infinite where the sources do not bound it on that side. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** Shares are sums of rounded products: by less than this part of the whole they say nothing. */
const ROUNDING = 1e-9;

/**
 * Where the quantiles of the sources' joint distribution lie, in the order of `quantiles` (above 0 and below 1).
 * `docs/decisions/summaries.md` has the derivation. Where a weight is unknown, or all are 0, the widest answer
 * that is right for any weights.
 */
export function certify(sources: readonly SourceQuantiles[], quantiles: readonly number[]): Interval[] {
  const whole = sources.reduce((sum, { weight }) => sum + weight, 0);
  return whole > 0 ? byWeight(sources, quantiles, whole) : quantiles.map((q) => forAnyWeights(sources, q));
}

/** Each source has a `q`-quantile between its nearest points, so the whole has one between all of these. */
function forAnyWeights(sources: readonly SourceQuantiles[], q: number): Interval {
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (const { quantiles, values } of sources) {
    const below = values.filter((_, j) => (quantiles[j] ?? 0) <= q);
    const above = values.filter((_, j) => (quantiles[j] ?? 0) >= q);
    lower = Math.min(lower, Math.max(Number.NEGATIVE_INFINITY, ...below));
    upper = Math.max(upper, Math.min(Number.POSITIVE_INFINITY, ...above));
  }
  return interval(lower, upper);
}

/** One point of one source. */
interface Point {
  readonly value: number;
  readonly quantile: number;
  readonly source: number;
}

/**
 * At or below a value lies at least the share `atLeast(v)` = Σ w·max{q of points up to v}, and strictly below it at
 * most `atMost(v)` = Σ w·min{q of points from v on}. So a `q`-quantile lies at or below the least v with
 * `atLeast(v) ≥ q`, and one lies at or above the greatest v with `atMost(v) ≤ q`.
 */
function byWeight(
  sources: readonly SourceQuantiles[],
  quantiles: readonly number[],
  whole: number,
): Interval[] {
  const points = sources
    .flatMap(({ values, quantiles: of }, source) =>
      values.map((value, j): Point => ({ value, quantile: of[j] ?? 0, source })),
    )
    .toSorted((a, b) => a.value - b.value);
  const uppers = quantiles.map(() => Number.POSITIVE_INFINITY);
  sweep(points, sources, 0, Math.max, (value, share) => {
    for (const [j, q] of quantiles.entries()) {
      if (uppers[j] === Number.POSITIVE_INFINITY && share >= (q - ROUNDING) * whole) uppers[j] = value;
    }
  });
  const lowers = quantiles.map(() => Number.NEGATIVE_INFINITY);
  sweep(points.toReversed(), sources, 1, Math.min, (value, share) => {
    for (const [j, q] of quantiles.entries()) {
      if (lowers[j] === Number.NEGATIVE_INFINITY && share <= (q + ROUNDING) * whole) lowers[j] = value;
    }
  });
  return quantiles.map((_, j) => interval(lowers[j] ?? Number.NaN, uppers[j] ?? Number.NaN));
}

/** Tells the weighted share that is bounded at each value, when all points of that value are in. */
function sweep(
  points: readonly Point[],
  sources: readonly SourceQuantiles[],
  before: 0 | 1,
  choose: (a: number, b: number) => number,
  tell: (value: number, share: number) => void,
): void {
  const shares = sources.map(() => before as number);
  let share = sources.reduce((sum, { weight }) => sum + weight * before, 0);
  for (const [p, { value, quantile, source }] of points.entries()) {
    const old = shares[source] ?? 0;
    const chosen = choose(old, quantile);
    shares[source] = chosen;
    share += (chosen - old) * (sources[source]?.weight ?? 0);
    if (points[p + 1]?.value !== value) tell(value, share);
  }
}

/** Where no observation lies between two values, both bound the gap, each from its other side. */
function interval(a: number, b: number): Interval {
  return { lower: Math.min(a, b), upper: Math.max(a, b) };
}
