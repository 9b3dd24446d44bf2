import { buildBody, createSampleBound, type DraftFamily, type DraftSample } from "../body-builder.ts";
import { ExpositionError } from "../exposition-error.ts";
import type { FamilyType, ParsedBody } from "../parsed-body.ts";
import { readFamilies } from "./read-families.ts";
import { createMetricReader } from "./read-metric.ts";

/** By the number of the enum. */
const TYPES: readonly FamilyType[] = [
  "counter",
  "gauge",
  "summary",
  "untyped",
  "histogram",
  "gaugehistogram",
];

/**
 * Reads a body of delimited `io.prometheus.client.MetricFamily` messages. Of two families with one name the
 * later stands, and a family without a type is a counter: that is a Pushgateway's reading. Names may be any
 * UTF-8 but empty: a Pushgateway takes a family without a name, and no scrape of it succeeds from then on.
 *
 * @throws ExpositionError for what is no such body, InconsistentError for what the consistency check of a
 * Pushgateway refuses of one, TooManySamplesError
 */
export function parseProtobuf(body: Uint8Array, maxSamples: number): ParsedBody {
  const families = new Map<string, DraftFamily>();
  const countSample = createSampleBound(maxSamples);
  const readMetric = createMetricReader();
  for (const { name, help, type: typeNumber, unit, metrics } of readFamilies(body)) {
    const type = TYPES[typeNumber];
    if (name === "") throw new ExpositionError("protobuf: a metric family has no name");
    if (type === undefined)
      throw new ExpositionError(`protobuf: no metric type has the number ${typeNumber}`);
    const samples: DraftSample[] = [];
    for (const metric of metrics) {
      for (const sample of readMetric(metric, name, type)) {
        countSample();
        samples.push(sample);
      }
    }
    families.set(name, { name, type, help, unit, samples });
  }
  return buildBody(families.values());
}
