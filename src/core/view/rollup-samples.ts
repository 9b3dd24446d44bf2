import type { NativeHistogram } from "../exposition/native-histogram.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { parseNumber } from "../exposition/read-number.ts";
import type { ComplexMetric } from "../exposition/write/metric.ts";
import type { Suffix } from "../rollup/output.ts";

/** One series of the merged view with its number. */
export interface RollupSample {
  readonly type: FamilyType;
  readonly suffix: Suffix;
  /** As the client reads them, with `le` or `quantile` behind all others where it has one. */
  readonly labels: string;
  readonly value: number;
  /** Unix milliseconds, or NaN. */
  readonly startMs: number;
  /** Of the `_count` of a histogram that was told natively, too. */
  readonly native: NativeHistogram | undefined;
}

/** A summary or a histogram as its outputs tell it; a count that none of them has is undefined. */
export type GatheredMetric = Omit<ComplexMetric, "count"> & { readonly count: number | undefined };

/** The samples of a summary or a histogram by their labels without a bound, the parts by rising bound. */
export function gatherMetrics(samples: readonly RollupSample[]): ReadonlyMap<string, GatheredMetric> {
  const metrics = new Map<string, Draft>();
  for (const sample of samples) {
    const { labels, bound } = splitBound(sample);
    let metric = metrics.get(labels);
    if (metric === undefined) metrics.set(labels, (metric = newMetric()));
    if (sample.suffix === "_sum") metric.sum = sample.value;
    else if (sample.suffix === "_count") {
      metric.count = sample.value;
      metric.startMs = sample.startMs;
      metric.native = sample.native;
    } else metric.parts.push({ bound: bound ?? Number.NaN, value: sample.value, exemplar: undefined });
  }
  for (const { parts } of metrics.values()) parts.sort((a, b) => a.bound - b.bound);
  return metrics;
}

/** The labels of a bucket or a quantile without its bound, and that. */
export function splitBound({ type, suffix, labels }: Pick<RollupSample, "type" | "suffix" | "labels">): {
  readonly labels: string;
  readonly name: "le" | "quantile" | undefined;
  readonly bound: number | undefined;
} {
  const name = boundName(type, suffix);
  if (name === undefined) return { labels, name, bound: undefined };
  const at = labels.lastIndexOf(`${name}="`);
  const bound = parseNumber(labels.slice(at + name.length + 2, -2));
  return { labels: at <= 1 ? "" : `${labels.slice(0, at - 1)}}`, name, bound };
}

type Draft = { -readonly [K in keyof GatheredMetric]: GatheredMetric[K] } & {
  readonly parts: ComplexMetric["parts"][number][];
};

function boundName(type: FamilyType, suffix: Suffix): "le" | "quantile" | undefined {
  if (suffix === "_bucket") return "le";
  return suffix === "" && type === "summary" ? "quantile" : undefined;
}

function newMetric(): Draft {
  return {
    parts: [],
    sum: undefined,
    count: undefined,
    startMs: Number.NaN,
    native: undefined,
    nativeExemplars: [],
  };
}
