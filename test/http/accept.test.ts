import { expect, test } from "vitest";
import { negotiate } from "../../src/http/accept.ts";

const TEXT = "text/plain; version=0.0.4; charset=utf-8";
const TEXT_1 = "text/plain; version=1.0.0; charset=utf-8";
const OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const OPENMETRICS_0 = "application/openmetrics-text; version=0.0.1; charset=utf-8";
const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
const PROTO = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

/** By what it was read from: Prometheus's own requests, the protocols in their default order or protobuf first. */
const PROMETHEUS = {
  "2.26": "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  "2.45":
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
  "2.53":
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
  "3.0.0":
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;escaping=allow-utf-8;q=0.3,*/*;q=0.2",
  "3.5 to 3.14":
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
  "3, protobuf first": `${PROTO};q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
  "3, protobuf first, names escaped": `${PROTO};q=0.6,application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.3,*/*;q=0.1`,
} as const;

test.each<[keyof typeof PROMETHEUS, string, string]>([
  ["2.26", `${TEXT}; escaping=underscores`, `${OPENMETRICS_0}; escaping=underscores`],
  ["2.45", `${TEXT}; escaping=underscores`, `${OPENMETRICS}; escaping=underscores`],
  ["2.53", `${TEXT}; escaping=underscores`, `${OPENMETRICS}; escaping=underscores`],
  ["3.0.0", `${TEXT_1}; escaping=allow-utf-8`, `${OPENMETRICS}; escaping=allow-utf-8`],
  ["3.5 to 3.14", `${TEXT_1}; escaping=allow-utf-8`, `${OPENMETRICS}; escaping=allow-utf-8`],
  ["3, protobuf first", `${PROTOBUF}; escaping=allow-utf-8`, `${PROTOBUF}; escaping=allow-utf-8`],
  [
    "3, protobuf first, names escaped",
    `${PROTOBUF}; escaping=underscores`,
    `${PROTOBUF}; escaping=underscores`,
  ],
])("Prometheus %s gets %s, and with OpenMetrics on offer %s", (version, without, withOpenMetrics) => {
  const accept = PROMETHEUS[version];
  expect(negotiate(accept, false).contentType).toBe(without);
  expect(negotiate(accept, true).contentType).toBe(withOpenMetrics);
});

test.each([
  ["", `${TEXT}; escaping=underscores`],
  ["*/*", `${TEXT}; escaping=underscores`],
  ["text/*;q=0.9, */*;q=0.1", `${TEXT}; escaping=underscores`],
  ["text/html,application/xhtml+xml,*/*;q=0.8", `${TEXT}; escaping=underscores`],
  ["text/plain", `${TEXT}; escaping=underscores`],
  ["TEXT/Plain;Version=1.0.0", `${TEXT_1}; escaping=underscores`],
  ["text/plain;version=0.0.4;escaping=allow-utf-8", `${TEXT}; escaping=allow-utf-8`],
  ["text/plain ; escaping = dots", `${TEXT}; escaping=dots`],
  ['text/plain;version="1.0.0";escaping="values"', `${TEXT_1}; escaping=values`],
  ["text/plain;escaping=none", `${TEXT}; escaping=underscores`],
  ["text/plain;version=2.0.0", `${TEXT}; escaping=underscores`],
  ["application/json;escaping=dots", `${TEXT}; escaping=dots`],
  // The clause that is answered says it itself, or else the one that is wanted most.
  ["text/plain;escaping=dots;q=0.5, application/json;escaping=values", `${TEXT}; escaping=dots`],
  ["text/plain;q=0.9, a/b;escaping=dots;q=0.5, a/c;escaping=values;q=0.7", `${TEXT}; escaping=values`],
  [PROTO, `${PROTOBUF}; escaping=underscores`],
  [`text/plain;q=0.4, ${PROTO};q=0.5`, `${PROTOBUF}; escaping=underscores`],
  [`text/plain, ${PROTO}`, `${TEXT}; escaping=underscores`],
  [`${PROTO};q=0, text/plain;q=0.1`, `${TEXT}; escaping=underscores`],
  [`${PROTO};q=0.000`, `${TEXT}; escaping=underscores`],
  [`${PROTO};q=x, text/plain;q=0.9`, `${PROTOBUF}; escaping=underscores`],
  [PROTO.replace("delimited", "text"), `${TEXT}; escaping=underscores`],
  [PROTO.replace("MetricFamily", "Other"), `${TEXT}; escaping=underscores`],
  ["application/openmetrics-text;version=1.0.0", `${TEXT}; escaping=underscores`],
])("Accept: %s is answered in %s", (accept, contentType) => {
  expect(negotiate(accept, false).contentType).toBe(contentType);
});

test.each([
  ["application/openmetrics-text", `${OPENMETRICS_0}; escaping=underscores`],
  ["application/openmetrics-text;version=2.0.0", `${TEXT}; escaping=underscores`],
  ["application/openmetrics-text;version=1.0.0;q=0.2,text/plain;q=0.3", `${TEXT}; escaping=underscores`],
])("with OpenMetrics on offer, %s is answered in %s", (accept, contentType) => {
  expect(negotiate(accept, true).contentType).toBe(contentType);
});

test("the format is what the content type says, and no header is none in particular", () => {
  expect(negotiate(undefined, true).format).toEqual({ encoding: "text", escaping: "underscores" });
  expect(negotiate(PROMETHEUS["2.45"], true).format.encoding).toBe("openmetrics");
  expect(negotiate(PROMETHEUS["3, protobuf first"], true).format).toEqual({
    encoding: "protobuf",
    escaping: "allow-utf-8",
  });
});
