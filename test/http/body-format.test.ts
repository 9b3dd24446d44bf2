import { expect, test } from "vitest";
import { bodyFormat } from "../../src/http/body-format.ts";

test.each([
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  "application/vnd.google.protobuf;encoding=delimited;proto=io.prometheus.client.MetricFamily",
  'Application/VND.Google.Protobuf; PROTO="io.prometheus.client.MetricFamily"; Encoding="del\\imited"; escaping=dots',
  " application/vnd.google.protobuf ; proto=io.prometheus.client.MetricFamily ; encoding=delimited ; ",
])("%s is protobuf", (type) => {
  expect(bodyFormat(type)).toBe("protobuf");
});

test.each([
  undefined,
  "",
  "text/plain; version=0.0.4; charset=utf-8",
  "application/vnd.google.protobuf",
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text",
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=DELIMITED",
  "application/vnd.google.protobuf; proto=io.prometheus.client.metricfamily; encoding=delimited",
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; nonsense",
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; encoding=delimited",
  "application/json",
])("%s is text", (type) => {
  expect(bodyFormat(type)).toBe("text");
});

test.each(["application/openmetrics-text", "application/OpenMetrics-Text; version=1.0.0; charset=utf-8"])(
  "%s is OpenMetrics",
  (type) => {
    expect(bodyFormat(type)).toBe("openmetrics");
  },
);
