import type { LabelBlock, Labels } from "./label-block.ts";
import type { NativeHistogram } from "./native-histogram.ts";

/**
 * How a body says what it says: text format 0.0.4, OpenMetrics 1.0 text, or delimited
 * `io.prometheus.client.MetricFamily` messages.
 */
export type BodyFormat = "text" | "openmetrics" | "protobuf";

/** The types of text format 0.0.4, as the Pushgateway's parser knows them (no `unknown`). */
export type FamilyType = "counter" | "gauge" | "summary" | "untyped" | "histogram" | "gaugehistogram";

export interface ParsedFamily {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string | undefined;
  /** Only OpenMetrics and protobuf tell it. */
  readonly unit?: string | undefined;
  /** What OpenMetrics calls a gauge whose labels are the information. */
  readonly subtype?: "info" | "stateset" | undefined;
}

/** What a sample is to its family. Numbers, because there is one for each sample of a body. */
export const Role = {
  /** The value of a counter, gauge or untyped family: `name{…} v`. */
  value: 0,
  /** `name_count` of a summary or histogram. */
  count: 1,
  /** `name_sum` of a summary or histogram. */
  sum: 2,
  /** A line of a summary with a `quantile` label. */
  quantile: 3,
  /** `name_bucket` of a histogram, or `name` itself, with an `le` label. */
  bucket: 4,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/**
 * What only OpenMetrics and protobuf tell beside the value of a sample. The maps are by the number of the
 * sample; one that would be empty is undefined.
 */
export interface SampleExtras {
  /** When the series began to count, in Unix milliseconds; NaN where the body does not say. One entry a sample. */
  readonly startsMs: Float64Array | undefined;
  readonly exemplars: ReadonlyMap<number, Exemplar> | undefined;
  /** Of the sample that is the `_count` of the histogram. */
  readonly natives: ReadonlyMap<number, NativeHistogram> | undefined;
  /** Those of a native histogram, of the same sample; those of a classic one are on its buckets. */
  readonly nativeExemplars: ReadonlyMap<number, readonly Exemplar[]> | undefined;
}

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  /** Unix milliseconds, undefined where none was sent. */
  readonly timestampMs: number | undefined;
}

/**
 * A body as it was sent, sample by sample in the order of its lines; the arrays run parallel.
 * Nothing in it points into the body: strings are copies, so the bytes may be used again.
 *
 * The labels of a summary's or histogram's sample include `quantile` or `le`. expfmt ignores these
 * two on lines of `_count` and `_sum`, and cuts a summary's count down to a whole number.
 * Lines that it reads and drops are no samples here: of a summary without `quantile`, of a
 * histogram without `le`, or where that is NaN.
 */
export interface ParsedBody {
  /** In the order of their first sample. A family that has none is left out. */
  readonly families: readonly ParsedFamily[];
  /** Index into `families`. */
  readonly familyOf: readonly number[];
  readonly roles: readonly Role[];
  readonly blocks: readonly LabelBlock[];
  /** The same blocks, each once, in the order of their first samples; and for each sample its place among them. */
  readonly distinctBlocks: readonly LabelBlock[];
  readonly blockOf: Uint32Array;
  readonly values: readonly number[];
  /** Where the text of each value stands in the body; empty where the body is no text format 0.0.4. */
  readonly valueStart: readonly number[];
  readonly valueEnd: readonly number[];
  /** Line number (from 1) of the first sample with a timestamp, or 0. A push must have none. */
  readonly timestampLine: number;
  /** Line number of the first sample whose block has a `duplicate`, or 0. A Pushgateway refuses it. */
  readonly duplicateLine: number;
  readonly extras: SampleExtras | undefined;
}
