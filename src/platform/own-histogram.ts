import { renderLabels } from "../core/exposition/escape.ts";
import { formatNumber } from "../core/exposition/format-number.ts";

/** How often something was how large. */
export interface Observations {
  /** By upper bounds, and those past the last. Their sum is the number of observations. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** The samples of a histogram that the relay tells of itself. */
export function histogramLines(
  name: string,
  labels: readonly string[],
  bounds: readonly number[],
  { counts, sum }: Observations,
): string[] {
  let below = 0;
  const buckets = counts.map((count, i) => {
    below += count;
    const bound = bounds[i];
    const le = ["le", bound === undefined ? "+Inf" : formatNumber(bound)] as const;
    return `${name}_bucket${renderLabels(labels, le)} ${below}\n`;
  });
  const text = renderLabels(labels);
  return [...buckets, `${name}_sum${text} ${formatNumber(sum)}\n`, `${name}_count${text} ${below}\n`];
}
