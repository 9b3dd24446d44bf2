import type { MessageInitShape } from "@bufbuild/protobuf";
import type { NativeBuckets, NativeHistogram } from "../native-histogram.ts";
import type { Exemplar } from "../parsed-body.ts";
import type { ExemplarSchema, HistogramSchema } from "../protobuf/metrics_pb.ts";
import type { ComplexMetric } from "./metric.ts";

/** A histogram with its classic buckets and its native ones, as it has them. */
export function writeHistogram(
  metric: ComplexMetric,
  exemplarOf: (exemplar: Exemplar) => MessageInitShape<typeof ExemplarSchema>,
): MessageInitShape<typeof HistogramSchema> {
  const { parts, count, sum, startMs, native, nativeExemplars } = metric;
  return {
    ...countOf("sampleCount", "sampleCountFloat", count, native === undefined || isWhole(metric)),
    sampleSum: sum ?? 0,
    bucket: parts.map(({ bound, value, exemplar }) =>
      Object.assign(countOf("cumulativeCount", "cumulativeCountFloat", value, true), {
        upperBound: bound,
        exemplar: exemplar && exemplarOf(exemplar),
      }),
    ),
    ...(native === undefined ? {} : nativeOf(native, isWhole(metric))),
    exemplars: nativeExemplars.map(exemplarOf),
    createdTimestamp: timestampOf(startMs),
  };
}

/** The end of the year 9999, the last that a timestamp of protobuf may be. */
const MAX_UNIX_MS = 253_402_300_799_999;

/** Undefined where the time is not known. */
export function timestampOf(unixMs: number): { seconds: bigint; nanos: number } | undefined {
  if (!(Math.abs(unixMs) <= MAX_UNIX_MS)) return undefined;
  const seconds = Math.floor(unixMs / 1000);
  const nanos = Math.min(999_999_999, Math.round((unixMs - seconds * 1000) * 1e6));
  return { seconds: BigInt(seconds), nanos };
}

/** Whether a native histogram counts in whole numbers: all of it does, or none. */
function isWhole({ count, native }: ComplexMetric): boolean {
  return (
    Number.isSafeInteger(count) &&
    native !== undefined &&
    Number.isSafeInteger(native.zeroCount) &&
    [...native.positive.counts, ...native.negative.counts].every(Number.isSafeInteger)
  );
}

function countOf<W extends string, F extends string>(
  whole: W,
  float: F,
  count: number,
  asWhole: boolean,
): { [K in W]?: bigint } & { [K in F]?: number } {
  const field =
    asWhole && Number.isSafeInteger(count) && count >= 0 ? { [whole]: BigInt(count) } : { [float]: count };
  return field as { [K in W]?: bigint } & { [K in F]?: number };
}

interface NativeInit {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly positiveSpan: Span[];
  readonly negativeSpan: Span[];
  readonly zeroCount?: bigint;
  readonly positiveDelta?: bigint[];
  readonly negativeDelta?: bigint[];
  readonly zeroCountFloat?: number;
  readonly positiveCount?: number[];
  readonly negativeCount?: number[];
}

interface Span {
  offset: number;
  length: number;
}

function nativeOf(native: NativeHistogram, asWhole: boolean): NativeInit {
  const { schema, zeroThreshold, zeroCount, positive, negative } = native;
  // A native histogram without an observation shows that it is one by a span without buckets.
  const isBare =
    zeroThreshold === 0 && zeroCount === 0 && positive.indexes.length + negative.indexes.length === 0;
  const init = {
    schema,
    zeroThreshold,
    positiveSpan: isBare ? [{ offset: 0, length: 0 }] : spansOf(positive),
    negativeSpan: spansOf(negative),
  };
  return asWhole
    ? {
        ...init,
        zeroCount: BigInt(zeroCount),
        positiveDelta: deltasOf(positive),
        negativeDelta: deltasOf(negative),
      }
    : {
        ...init,
        zeroCountFloat: zeroCount,
        positiveCount: [...positive.counts],
        negativeCount: [...negative.counts],
      };
}

/** Of a span; several without buckets lead further. */
const MAX_OFFSET = 2 ** 31 - 1;

/** Buckets that follow each other are one span; its offset is counted from the end of the one before. */
function spansOf({ indexes }: NativeBuckets): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (const index of indexes) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length += 1;
    else {
      for (; index - next > MAX_OFFSET; next += MAX_OFFSET) spans.push({ offset: MAX_OFFSET, length: 0 });
      spans.push({ offset: index - next, length: 1 });
    }
    next = index + 1;
  }
  return spans;
}

function deltasOf({ counts }: NativeBuckets): bigint[] {
  return counts.map((count, i) => BigInt(count - (counts[i - 1] ?? 0)));
}
