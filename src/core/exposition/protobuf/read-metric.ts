import { fromBinary, isFieldSet } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { DraftSample } from "../body-builder.ts";
import { renderLabels } from "../escape.ts";
import { ExpositionError, InconsistentError } from "../exposition-error.ts";
import { formatNumber } from "../format-number.ts";
import { quote } from "../go-quote.ts";
import { createLabelBlock, type LabelBlock } from "../label-block.ts";
import { Role, type Exemplar, type FamilyType } from "../parsed-body.ts";
import { decode } from "./decode.ts";
import {
  MetricSchema,
  SummarySchema,
  type Exemplar as ExemplarMessage,
  type Histogram,
  type LabelPair,
  type Metric,
  type Summary,
} from "./metrics_pb.ts";
import { readNativeHistogram } from "./read-native-histogram.ts";

/**
 * One metric is one series, or one histogram. The bound is far above what a client sends, and keeps the objects
 * that are made of it at once to some dozens of megabytes.
 */
const MAX_METRIC_BYTES = 2 ** 20;

type Pairs = readonly (readonly [name: string, value: string])[];

/** What all samples of a metric have in common. */
interface Series {
  readonly family: string;
  readonly pairs: Pairs;
  readonly block: LabelBlock;
}

/** Reads the samples of a metric. Metrics with equal labels get the same block, as long as it is the same reader. */
export function createMetricReader(): (bytes: Uint8Array, family: string, type: FamilyType) => DraftSample[] {
  const blocks = new Map<string, LabelBlock>();

  function readSeries(metric: Metric, family: string): Series {
    const pairs = metric.label.map(({ name, value }) => [name, value] as const);
    if (pairs.some(([name]) => name === "")) {
      throw new InconsistentError(`collected metric ${quote(family)} has a label without a name`);
    }
    const key = renderLabels(pairs.flat());
    let block = blocks.get(key);
    if (block === undefined) {
      block = createLabelBlock(pairs.map(([name, value]) => [name, value]));
      blocks.set(key, block);
    }
    return { family, pairs, block };
  }

  return (bytes, family, type) => {
    if (bytes.length > MAX_METRIC_BYTES) {
      throw new ExpositionError(
        `protobuf: a series of ${quote(family)} has ${bytes.length} bytes, at most ${MAX_METRIC_BYTES} are read`,
      );
    }
    const metric = decode(() => fromBinary(MetricSchema, bytes, { readUnknownFields: false }));
    const series = readSeries(metric, family);
    if (isFieldSet(metric, MetricSchema.field.timestampMs)) {
      throw new InconsistentError(
        `pushed metrics must not have timestamps (one of ${quote(family)} has one)`,
      );
    }
    return readSamples(metric, series, type);
  };
}

function readSamples(metric: Metric, series: Series, type: FamilyType): DraftSample[] {
  const { counter, gauge, untyped, summary, histogram } = metric;
  switch (type) {
    case "counter":
      if (counter === undefined) break;
      return [
        {
          ...sample(series, Role.value, counter.value, startOf(counter.createdTimestamp)),
          exemplar: readExemplar(counter.exemplar),
        },
      ];
    case "gauge":
      if (gauge === undefined) break;
      return [sample(series, Role.value, gauge.value)];
    case "untyped":
      if (untyped === undefined) break;
      return [sample(series, Role.value, untyped.value)];
    case "summary":
      if (summary === undefined) break;
      return readSummary(summary, series);
    case "histogram":
    case "gaugehistogram":
      if (histogram === undefined) break;
      return readHistogram(histogram, series);
  }
  const typeName = type === "gaugehistogram" ? "GAUGE_HISTOGRAM" : type.toUpperCase();
  throw new InconsistentError(
    `collected metric ${quote(series.family)} ${renderLabels(series.block.labels) || "{}"} is not a ${typeName}`,
  );
}

function readSummary(summary: Summary, series: Series): DraftSample[] {
  const startMs = startOf(summary.createdTimestamp);
  const samples: DraftSample[] = [];
  for (const { quantile, value } of summary.quantile) {
    if (Number.isNaN(quantile)) continue;
    samples.push({ ...sample(series, Role.quantile, value), block: bounded(series, "quantile", quantile) });
  }
  if (isFieldSet(summary, SummarySchema.field.sampleSum)) {
    samples.push(sample(series, Role.sum, summary.sampleSum, startMs));
  }
  samples.push(sample(series, Role.count, Number(summary.sampleCount), startMs));
  return samples;
}

function readHistogram(histogram: Histogram, series: Series): DraftSample[] {
  const { family } = series;
  // Without buckets too: text gives it that of +Inf.
  refuseExplicit(series, "le");
  const startMs = startOf(histogram.createdTimestamp);
  const samples: DraftSample[] = [];
  for (const { upperBound, cumulativeCount, cumulativeCountFloat, exemplar } of histogram.bucket) {
    if (Number.isNaN(upperBound)) continue;
    const population = readCount(cumulativeCount, cumulativeCountFloat, "bucket population", family);
    samples.push({
      ...sample(series, Role.bucket, population, startMs),
      block: bounded(series, "le", upperBound),
      exemplar: readExemplar(exemplar),
    });
  }
  samples.push(sample(series, Role.sum, histogram.sampleSum, startMs));
  const native = readNativeHistogram(histogram, family);
  const nativeExemplars = histogram.exemplars.length > 0 ? histogram.exemplars.map(toExemplar) : undefined;
  const count = readCount(histogram.sampleCount, histogram.sampleCountFloat, "count", family);
  samples.push({ ...sample(series, Role.count, count, startMs), native, nativeExemplars });
  return samples;
}

function sample({ block }: Series, role: Role, value: number, startMs = Number.NaN): DraftSample {
  return { role, block, value, startMs };
}

/** What text writes as a label of its own. Beside it there would be two. */
function refuseExplicit({ family, pairs }: Series, name: "le" | "quantile"): void {
  if (!pairs.some(([given]) => given === name)) return;
  throw new InconsistentError(`collected metric ${quote(family)} must not have an explicit "${name}" label`);
}

function bounded(series: Series, name: "le" | "quantile", bound: number): LabelBlock {
  refuseExplicit(series, name);
  return createLabelBlock([
    ...series.pairs.map(([given, value]): [string, string] => [given, value]),
    [name, formatNumber(bound)],
  ]);
}

function readCount(whole: bigint, float: number, what: string, family: string): number {
  if (float < 0) throw new ExpositionError(`protobuf: negative ${what} for histogram ${quote(family)}`);
  return float > 0 ? float : Number(whole);
}

function startOf(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? Number.NaN : unixMs(timestamp);
}

function unixMs({ seconds, nanos }: Timestamp): number {
  return Number(seconds) * 1000 + nanos / 1e6;
}

function readExemplar(exemplar: ExemplarMessage | undefined): Exemplar | undefined {
  return exemplar === undefined ? undefined : toExemplar(exemplar);
}

function toExemplar({ label, value, timestamp }: ExemplarMessage): Exemplar {
  return {
    labels: createLabelBlock(label.map(({ name, value: text }: LabelPair) => [name, text])).labels,
    value,
    timestampMs: timestamp === undefined ? undefined : unixMs(timestamp),
  };
}
