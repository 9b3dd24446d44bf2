import type { MessageInitShape } from "@bufbuild/protobuf";
import { array, constant, constantFrom, integer, oneof, option, record, tuple } from "fast-check";
import type { Arbitrary } from "fast-check";
import type { MetricSchema } from "../../src/core/exposition/protobuf/metrics_pb.ts";
import type { CaseRequest } from "../conformance/cases.ts";
import { labels, protobufBody } from "../support/protobuf-body.ts";
import { NO_UTF8, textBody } from "./text-bodies.ts";

const PROTOBUF =
  "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

const value = oneof(
  { weight: 12, arbitrary: constantFrom("a", "b", "a%20b", "a+b", "%C3%A4", "%61", "a.b", "a=b") },
  { weight: 1, arbitrary: constantFrom("", "%zz", "%FF", "a%2Fb", "%2F", ".", "..", "a%00b", "%E2%82") },
);
const base64 = oneof(
  { weight: 6, arbitrary: constantFrom("YQ", "YQ==", "Yi9j", "w6Q", "=", "YQ=", "YQ%3D%3D") },
  { weight: 1, arbitrary: constantFrom("Y", "a/b", "a+b", "_w", "!", "YQ =", "%59%51", "") },
);
const labelName = oneof(
  { weight: 12, arbitrary: constantFrom("instance", "x", "job", "_y") },
  { weight: 1, arbitrary: constantFrom("__x", "1x", "x-y", "", "%C3%A4", "x%20", "le", "quantile") },
);
const pair = oneof(
  { weight: 4, arbitrary: tuple(labelName, value).map((both) => both.join("/")) },
  {
    weight: 1,
    arbitrary: tuple(labelName, constantFrom("@base64", "@BASE64"), base64).map(
      ([name, mark, text]) => `${name}${mark}/${text}`,
    ),
  },
);
const job = oneof(
  { weight: 12, arbitrary: value.map((text) => `/job/${text}`) },
  { weight: 3, arbitrary: base64.map((text) => `/job@base64/${text}`) },
  {
    weight: 1,
    arbitrary: constantFrom("/jobs/a", "/job", "", "/Job/a", "/job/", "/instance/a", "/job@base64"),
  },
);
const path = tuple(
  oneof(
    { weight: 40, arbitrary: constant("/metrics") },
    constantFrom("//metrics", "/METRICS", "/metric", "/x/../metrics"),
  ),
  job,
  array(pair, { maxLength: 2 }).map((pairs) => pairs.map((text) => `/${text}`).join("")),
  oneof({ weight: 20, arbitrary: constant("") }, constantFrom("/", "/x", "?q=1", "#x", "//", "/x/")),
).map((parts) => parts.join(""));

const method = oneof(
  { weight: 10, arbitrary: constantFrom("PUT", "POST") },
  { weight: 2, arbitrary: constant("DELETE") },
  { weight: 1, arbitrary: constantFrom("GET", "HEAD", "PATCH", "OPTIONS") },
);
const contentType = option(
  constantFrom(
    "text/plain; version=0.0.4; charset=utf-8",
    "text/plain",
    "application/json",
    "application/x-www-form-urlencoded",
    "junk",
    "",
    "application/openmetrics-text; version=1.0.0",
    "application/vnd.google.protobuf",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text",
    "application/vnd.google.protobuf; proto=Other; encoding=delimited",
  ),
  { freq: 2 },
);

const textPush = record({ body: textBody, contentType }).map(({ body, contentType: sent }) =>
  Object.assign(bodyOf(body), { headers: sent === null ? {} : { "Content-Type": sent } }),
);

const metric = record({
  label: constantFrom(
    {},
    { x: "1" },
    { x: "2" },
    { job: "other" },
    { instance: "i" },
    { x: "" },
    { y: "ä", x: "1" },
  ),
  kind: constantFrom("counter", "gauge", "untyped", "summary", "histogram", "none"),
  timestampMs: oneof({ weight: 30, arbitrary: constant(null) }, constantFrom(0n, 5n)),
});
const family = record({
  name: constantFrom("a", "b", "h", "s", "h_count"),
  help: constantFrom("plain", undefined),
  type: constantFrom(0, 1, 2, 3, 4),
  // One without metrics makes a Pushgateway refuse or spoil what comes later.
  metrics: array(metric, { minLength: 1, maxLength: 3 }),
  isHonest: oneof({ weight: 9, arbitrary: constant(true) }, constant(false)),
});
/** In the order of the numbers of `MetricType`. */
const KINDS = ["counter", "gauge", "summary", "untyped", "histogram"] as const;

const protobufPush = record({
  families: array(family, { maxLength: 3 }),
  cut: oneof({ weight: 9, arbitrary: constant(0) }, integer({ min: 1, max: 9 })),
  contentType: constantFrom(
    PROTOBUF,
    PROTOBUF,
    `${PROTOBUF}; escaping=values`,
    PROTOBUF.replace("application", "Application"),
  ),
}).map(({ families, cut, contentType: sent }) => {
  const body = protobufBody(
    ...families.map(({ name, help, type, metrics, isHonest }) => ({
      name,
      type,
      ...(help !== undefined && { help: `Help of ${name}.` }),
      metric: metrics.map(({ label, kind, timestampMs }) =>
        metricOf(isHonest ? (KINDS[type] ?? "none") : kind, {
          label: labels(label),
          ...(timestampMs !== null && { timestampMs }),
        }),
      ),
    })),
  );
  return {
    headers: { "Content-Type": sent },
    body_b64: Buffer.from(body.subarray(0, Math.max(body.length - cut, 0))).toString("base64"),
  };
});

function metricOf(
  kind: (typeof KINDS)[number] | "none",
  head: { readonly label: ReturnType<typeof labels>; readonly timestampMs?: bigint },
): MessageInitShape<typeof MetricSchema> {
  const scalar = { value: 1.5 };
  switch (kind) {
    case "counter":
      return { ...head, counter: scalar };
    case "gauge":
      return { ...head, gauge: scalar };
    case "untyped":
      return { ...head, untyped: scalar };
    case "summary":
      return {
        ...head,
        summary: { sampleCount: 2n, sampleSum: 3, quantile: [{ quantile: 0.5, value: 1 }] },
      };
    case "histogram":
      return {
        ...head,
        histogram: { sampleCount: 2n, sampleSum: 3, bucket: [{ upperBound: 1, cumulativeCount: 1n }] },
      };
    case "none":
      return head;
  }
}

const push = tuple(
  method,
  path,
  oneof({ weight: 5, arbitrary: textPush }, { weight: 2, arbitrary: protobufPush }),
).map(([verb, target, rest]): CaseRequest => Object.assign({ method: verb, path: target }, rest));
const other: Arbitrary<CaseRequest> = record({
  method: constantFrom("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"),
  path: constantFrom(
    "/-/healthy",
    "/-/ready",
    "/metrics",
    "/metrics/",
    "/nothing",
    "/api/v1/status",
    "/api/v1/nothing",
    "/-/quit",
  ),
});

/** A history of requests, as one connection after the other sends them. */
export const anyRequests: Arbitrary<CaseRequest[]> = array(
  oneof({ weight: 15, arbitrary: push }, { weight: 1, arbitrary: other }),
  { minLength: 1, maxLength: 40, size: "max" },
);

function bodyOf(text: string): Pick<CaseRequest, "body" | "body_b64"> {
  if (!text.includes(NO_UTF8)) return { body: text };
  const parts = text.split(NO_UTF8).map((part) => Buffer.from(part).toString("latin1"));
  return { body_b64: Buffer.from(parts.join("\xff"), "latin1").toString("base64") };
}
