import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { concat } from "../../concat.ts";
import { readRenderedLabels, renderLabels } from "../escape.ts";
import type { Labels } from "../label-block.ts";
import type { Exemplar, FamilyType } from "../parsed-body.ts";
import {
  MetricFamilySchema,
  MetricSchema,
  MetricType,
  type ExemplarSchema,
  type LabelPairSchema,
  type Metric,
} from "../protobuf/metrics_pb.ts";
import type { Escaping } from "./format.ts";
import type { ComplexMetric, ShownFamily, ValueExtras } from "./metric.ts";
import { shownLabels } from "./names.ts";
import { timestampOf, writeHistogram } from "./protobuf-histogram.ts";
import type { MetricWriter } from "./writer.ts";

type MetricInit = MessageInitShape<typeof MetricSchema>;

/** One label set as bytes. */
interface LabelBytes {
  /** The labels as fields of a metric. */
  readonly fields: Uint8Array;
  /** What stands before the number of a metric of these labels that has nothing beside it. */
  readonly beforeNumber: Uint8Array;
}

/** The metric that is nothing but a number ends in that number. */
const NUMBER_BYTES = 8;

/** Fields of a `MetricFamily`: the metrics, each with its tag. A message is the concatenation of its fields. */
export function createProtobufWriter(escaping: Escaping): MetricWriter {
  const known = new Map<string, LabelBytes>();
  const fieldOf = createLabelFields();

  function labelBytes(text: string): LabelBytes {
    let bytes = known.get(text);
    if (bytes === undefined) {
      const labels = readRenderedLabels(text);
      const chunks: Uint8Array[] = [];
      for (let i = 0; i < labels.length; i += 2) chunks.push(fieldOf(labels[i] ?? "", labels[i + 1] ?? ""));
      const fields = concat(chunks);
      const head = metricHead(fields.length + BARE.untyped.length);
      bytes = { fields, beforeNumber: concat([head, fields]) };
      known.set(text, bytes);
    }
    return bytes;
  }

  return {
    value({ type }, labels, value, extras) {
      const { fields, beforeNumber } = labelBytes(labels);
      const kind = scalarKind(type);
      if (kind === "counter" && (extras.exemplar !== undefined || !Number.isNaN(extras.startMs))) {
        return metricField(fields, encode({ counter: counterOf(value, extras, escaping) }));
      }
      return bareNumber(beforeNumber, BARE[kind], value);
    },
    complex(family, labels, metric) {
      return metricField(labelBytes(labels).fields, encode(complexOf(family, metric, escaping)));
    },
  };
}

/** Labels as fields of a metric. Most of a view's labels stand on many metrics, and are encoded once. */
function createLabelFields(): (name: string, value: string) => Uint8Array {
  const known = new Map<string, Map<string, Uint8Array>>();
  return (name, value) => {
    let ofName = known.get(name);
    if (ofName === undefined) known.set(name, (ofName = new Map()));
    let bytes = ofName.get(value);
    if (bytes === undefined) ofName.set(value, (bytes = encode({ label: [{ name, value }] })));
    return bytes;
  };
}

/** What begins a family, before as many bytes of metrics. */
export function protobufHeader(
  { name, type, help }: Pick<ShownFamily, "name" | "type"> & { readonly help: string | undefined },
  metricBytes: number,
): Uint8Array {
  const head = toBinary(
    MetricFamilySchema,
    create(MetricFamilySchema, { name, type: TYPES[type], ...(help === undefined ? {} : { help }) }),
  );
  return new BinaryWriter()
    .uint32(head.length + metricBytes)
    .raw(head)
    .finish();
}

/** Metrics of one number as those of a family whose series differ in type. */
export function toUntyped(metrics: Uint8Array): Uint8Array {
  const { metric } = fromBinary(MetricFamilySchema, metrics);
  return toBinary(
    MetricFamilySchema,
    create(MetricFamilySchema, {
      metric: metric.map(({ label, ...kinds }) => ({ label, untyped: { value: numberOf(kinds) } })),
    }),
  );
}

const TYPES: { readonly [T in FamilyType]: MetricType } = {
  counter: MetricType.COUNTER,
  gauge: MetricType.GAUGE,
  summary: MetricType.SUMMARY,
  untyped: MetricType.UNTYPED,
  histogram: MetricType.HISTOGRAM,
  gaugehistogram: MetricType.GAUGE_HISTOGRAM,
};

type ScalarKind = "counter" | "gauge" | "untyped";

function scalarKind(type: FamilyType): ScalarKind {
  return type === "counter" || type === "gauge" ? type : "untyped";
}

function encode(metric: MetricInit): Uint8Array {
  return toBinary(MetricSchema, create(MetricSchema, metric));
}

/** By the kind: the field of a metric that is a number and nothing else, with that number 0. */
const BARE: { readonly [K in ScalarKind]: Uint8Array } = {
  counter: encode({ counter: { value: 0 } }),
  gauge: encode({ gauge: { value: 0 } }),
  untyped: encode({ untyped: { value: 0 } }),
};

/** Nearly all metrics of a view are such; the library takes a hundred times as long. */
function bareNumber(before: Uint8Array, bare: Uint8Array, value: number): Uint8Array {
  const bytes = new Uint8Array(before.length + bare.length);
  bytes.set(before);
  bytes.set(bare, before.length);
  new DataView(bytes.buffer).setFloat64(bytes.length - NUMBER_BYTES, value, true);
  return bytes;
}

function metricField(labels: Uint8Array, value: Uint8Array): Uint8Array {
  return concat([metricHead(labels.length + value.length), labels, value]);
}

/** By the length: what stands before a metric of so many bytes. */
const heads = new Map<number, Uint8Array>();

function metricHead(length: number): Uint8Array {
  let head = heads.get(length);
  if (head === undefined) {
    const { number } = MetricFamilySchema.field.metric;
    head = new BinaryWriter().tag(number, WireType.LengthDelimited).uint32(length).finish();
    if (length < MAX_KNOWN_LENGTH) heads.set(length, head);
  }
  return head;
}

const MAX_KNOWN_LENGTH = 4096;

function counterOf(
  value: number,
  { startMs, exemplar }: ValueExtras,
  escaping: Escaping,
): MetricInit["counter"] {
  return {
    value,
    exemplar: exemplar && exemplarOf(exemplar, escaping),
    createdTimestamp: timestampOf(startMs),
  };
}

function complexOf({ type }: ShownFamily, metric: ComplexMetric, escaping: Escaping): MetricInit {
  if (type !== "summary") {
    return { histogram: writeHistogram(metric, (exemplar) => exemplarOf(exemplar, escaping)) };
  }
  return {
    summary: {
      sampleCount: wholeCount(metric.count),
      sampleSum: metric.sum ?? 0,
      quantile: metric.parts.map(({ bound, value }) => ({ quantile: bound, value })),
      createdTimestamp: timestampOf(metric.startMs),
    },
  };
}

/** A summary of protobuf counts in whole numbers only. */
function wholeCount(count: number): bigint {
  return count > 0 ? BigInt(Math.min(Math.trunc(count), Number.MAX_SAFE_INTEGER)) : 0n;
}

function exemplarOf(
  { labels, value, timestampMs }: Exemplar,
  escaping: Escaping,
): MessageInitShape<typeof ExemplarSchema> {
  const shown = shownLabels(renderLabels(labels), escaping) ?? "";
  return {
    label: pairsOf(readRenderedLabels(shown)),
    value,
    timestamp: timestampOf(timestampMs ?? Number.NaN),
  };
}

function pairsOf(labels: Labels): MessageInitShape<typeof LabelPairSchema>[] {
  const pairs: MessageInitShape<typeof LabelPairSchema>[] = [];
  for (let i = 0; i < labels.length; i += 2)
    pairs.push({ name: labels[i] ?? "", value: labels[i + 1] ?? "" });
  return pairs;
}

function numberOf({ counter, gauge, untyped }: Pick<Metric, "counter" | "gauge" | "untyped">): number {
  return (counter ?? gauge ?? untyped)?.value ?? Number.NaN;
}
