import { isFieldSet } from "@bufbuild/protobuf";
import { InconsistentError } from "../exposition-error.ts";
import { quote } from "../go-quote.ts";
import type { NativeBuckets, NativeHistogram } from "../native-histogram.ts";
import { HistogramSchema, type BucketSpan, type Histogram } from "./metrics_pb.ts";

const MIN_SCHEMA = -4;
const MAX_SCHEMA = 8;

/**
 * The native part of a histogram, or undefined for one that is classic alone.
 *
 * @throws InconsistentError where spans and populations do not agree, or one is below zero.
 */
export function readNativeHistogram(histogram: Histogram, family: string): NativeHistogram | undefined {
  if (!isNative(histogram)) return undefined;
  const { schema, zeroThreshold, zeroCount, zeroCountFloat } = histogram;
  if (schema < MIN_SCHEMA || schema > MAX_SCHEMA) {
    refuse(family, `schema ${schema}, only ${MIN_SCHEMA} to ${MAX_SCHEMA} can be read`);
  }
  return {
    schema,
    zeroThreshold,
    zeroCount: zeroCountFloat > 0 ? zeroCountFloat : Number(zeroCount),
    positive: readBuckets(histogram.positiveSpan, histogram.positiveDelta, histogram.positiveCount, family),
    negative: readBuckets(histogram.negativeSpan, histogram.negativeDelta, histogram.negativeCount, family),
  };
}

/** A schema alone says it too: 0 is one, and no classic histogram sets it. */
function isNative(histogram: Histogram): boolean {
  return (
    isFieldSet(histogram, HistogramSchema.field.schema) ||
    histogram.positiveSpan.length > 0 ||
    histogram.negativeSpan.length > 0 ||
    histogram.zeroThreshold > 0 ||
    histogram.zeroCount > 0n ||
    histogram.zeroCountFloat > 0
  );
}

function readBuckets(
  spans: readonly BucketSpan[],
  deltas: readonly bigint[],
  floats: readonly number[],
  family: string,
): NativeBuckets {
  const counts = deltas.length > 0 ? sumUp(deltas) : floats;
  const indexes: number[] = [];
  const kept: number[] = [];
  let next = 0;
  let at = 0;
  for (const [i, { offset, length }] of spans.entries()) {
    if (i > 0 && offset < 0) refuse(family, "spans that overlap");
    next += offset;
    // Before the loop: a length is any number, and what it counts must have been sent.
    if (length > counts.length - at) refuse(family, "spans of more buckets than populations");
    for (const end = at + length; at < end; at += 1, next += 1) {
      const count = counts[at] ?? 0;
      if (!(count >= 0)) refuse(family, "a bucket population below zero");
      if (count === 0) continue;
      indexes.push(next);
      kept.push(count);
    }
  }
  if (at < counts.length) refuse(family, "more populations than its spans have buckets");
  return { indexes, counts: kept };
}

function sumUp(deltas: readonly bigint[]): number[] {
  let count = 0n;
  return deltas.map((delta) => Number((count += delta)));
}

function refuse(family: string, what: string): never {
  throw new InconsistentError(`native histogram ${quote(family)} has ${what}`);
}
