import type { ViewFormat } from "./format.ts";
import { createOpenMetricsWriter } from "./openmetrics-writer.ts";
import { createProtobufWriter } from "./protobuf-writer.ts";
import { textWriter } from "./text-writer.ts";
import type { MetricWriter } from "./writer.ts";

export function createWriter({ encoding, escaping }: ViewFormat): MetricWriter {
  switch (encoding) {
    case "text":
      return textWriter;
    case "openmetrics":
      return createOpenMetricsWriter(escaping);
    case "protobuf":
      return createProtobufWriter(escaping);
  }
}
