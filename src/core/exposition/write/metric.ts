import type { NativeHistogram } from "../native-histogram.ts";
import type { Exemplar, FamilyType } from "../parsed-body.ts";

/** A family as the client reads it: its name is escaped. */
export interface ShownFamily {
  readonly name: string;
  readonly type: FamilyType;
  /** Whether the name needs no quotes in text. */
  readonly isLegacy: boolean;
}

/** What can be told of a counter, gauge or untyped metric beside its value. */
export interface ValueExtras {
  /** Unix milliseconds, or NaN. */
  readonly startMs: number;
  readonly exemplar: Exemplar | undefined;
}

export const NO_EXTRAS: ValueExtras = { startMs: Number.NaN, exemplar: undefined };

/** A quantile or a bucket. */
export interface Bounded {
  readonly bound: number;
  readonly value: number;
  readonly exemplar: Exemplar | undefined;
}

/** A summary, a histogram or a gauge histogram of one label set. */
export interface ComplexMetric {
  /** In the order they were pushed in. */
  readonly parts: readonly Bounded[];
  /** Undefined where nobody has told it. */
  readonly sum: number | undefined;
  readonly count: number;
  /** Unix milliseconds, or NaN. */
  readonly startMs: number;
  readonly native: NativeHistogram | undefined;
  readonly nativeExemplars: readonly Exemplar[];
}

/** The buckets of a histogram with that of +Inf, which text must have and protobuf need not. */
export function withInfinity({ parts, count }: ComplexMetric): readonly Bounded[] {
  if (parts.some(({ bound }) => bound === Number.POSITIVE_INFINITY)) return parts;
  return [...parts, { bound: Number.POSITIVE_INFINITY, value: count, exemplar: undefined }];
}

/** Whether one label set of such a family has several samples. */
export function isComplex(type: FamilyType): boolean {
  return type === "summary" || type === "histogram" || type === "gaugehistogram";
}
