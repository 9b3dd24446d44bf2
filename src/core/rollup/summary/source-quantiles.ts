/**
 * What one source says of its part of a merged summary: points of its distribution. `values[j]` is a
 * `quantiles[j]`-quantile of it; no value is NaN. Plain data, which crosses threads.
 */
export interface SourceQuantiles {
  readonly quantiles: readonly number[];
  readonly values: readonly number[];
  /** How much of the whole it is: observations since the push before, as many as its window holds. NaN where unknown. */
  readonly weight: number;
}

/** The value at a quantile, or undefined where the source does not say it. */
export function valueAt({ quantiles, values }: SourceQuantiles, quantile: number): number | undefined {
  const at = quantiles.indexOf(quantile);
  return at === -1 ? undefined : values[at];
}

/** The quantiles that any of them says, rising. */
export function quantilesOf(sources: readonly SourceQuantiles[]): number[] {
  const all = new Set<number>();
  for (const { quantiles } of sources) for (const quantile of quantiles) all.add(quantile);
  return [...all].toSorted((a, b) => a - b);
}
