/** Of an odd number of figures the middle one, of an even number the mean of the two. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** How far the figures lie apart, in percent of their median. Undefined for one alone. */
export function spreadPercent(figures: readonly number[]): number | undefined {
  if (figures.length < 2) return undefined;
  return ((Math.max(...figures) - Math.min(...figures)) / median(figures)) * 100;
}
