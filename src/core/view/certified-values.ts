import { formatNumber } from "../exposition/format-number.ts";
import type { Partial } from "../rollup/partial.ts";
import { certify } from "../rollup/summary/certified-interval.ts";
import type { SourceQuantiles } from "../rollup/summary/source-quantiles.ts";
import { quantilesOf, valueAt } from "../rollup/summary/source-quantiles.ts";
import type { CompanionValue } from "./merged-output.ts";
import type { RollupSeries } from "./part.ts";

/** What is certain about the quantiles of a merged summary, each line under a name of its own. */
export function certifiedValues(
  family: string,
  { labels }: Pick<RollupSeries, "labels">,
  { sources = [] }: Pick<Partial, "sources">,
): CompanionValue[] {
  const inner = quantilesOf(sources).filter((quantile) => quantile > 0 && quantile < 1);
  const certain = certify(sources, inner);
  const bounds = inner.flatMap((quantile, j): CompanionValue[] => {
    const at = `${labels.slice(0, -1)},quantile="${formatNumber(quantile)}"}`;
    const { lower = Number.NaN, upper = Number.NaN } = certain[j] ?? {};
    return [
      { companion: "quantile_lower", name: `${family}_quantile_lower`, labels: at, value: lower },
      { companion: "quantile_upper", name: `${family}_quantile_upper`, labels: at, value: upper },
    ];
  });
  // A side that the sources leave open is left out.
  return [...bounds, ...extremes(family, labels, sources)].filter(({ value }) => Number.isFinite(value));
}

/** The least and the greatest of all are known if each source says its own. */
function extremes(family: string, labels: string, sources: readonly SourceQuantiles[]): CompanionValue[] {
  const least = sources.map((source) => valueAt(source, 0) ?? Number.NaN);
  const greatest = sources.map((source) => valueAt(source, 1) ?? Number.NaN);
  return [
    { companion: "min", name: `${family}_min`, labels, value: Math.min(...least) },
    { companion: "max", name: `${family}_max`, labels, value: Math.max(...greatest) },
  ];
}
