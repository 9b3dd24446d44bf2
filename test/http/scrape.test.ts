import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test.each([
  ["/metrics", "merged", "scrape merged"],
  ["/metrics", "raw", "scrape raw"],
  ["/metrics?view=raw", "merged", "scrape raw"],
  ["/metrics?view=merged", "raw", "scrape merged"],
  ["/metrics?other=1", "merged", "scrape merged"],
] as const)("GET %s of a relay that shows %s is a %s", async (target, view, call) => {
  const relay = createFakeRelay({ view, scrape: ["a 1\n", "b 2\n"] });
  const answer = await relay.request("GET", target);
  expect([answer.status, await answer.text(), relay.calls]).toEqual([200, "a 1\nb 2\n", [call]]);
});

test.each([
  ["/metrics?view=both", 'there is no view "both": ask for merged or raw\n'],
  ["/metrics?view=", 'there is no view "": ask for merged or raw\n'],
  [`/metrics?view=${"x".repeat(500)}`, `there is no view "${"x".repeat(40)}": ask for merged or raw\n`],
  ["/metrics?view=%0Araw", 'there is no view "\\nraw": ask for merged or raw\n'],
])("GET %s is answered 400", async (target, message) => {
  const relay = createFakeRelay();
  const answer = await relay.request("GET", target);
  expect([answer.status, await answer.text(), relay.calls]).toEqual([400, message, []]);
});

const PROTOBUF =
  "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=dots";

test.each([
  ["", false, "scrape merged", "text/plain; version=0.0.4; charset=utf-8; escaping=underscores"],
  [
    "text/plain;version=1.0.0;escaping=allow-utf-8",
    false,
    "scrape merged allow-utf-8",
    "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
  ],
  [
    "application/openmetrics-text;version=1.0.0",
    false,
    "scrape merged",
    "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  ],
  [
    "application/openmetrics-text;version=1.0.0",
    true,
    "scrape merged openmetrics",
    "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
  ],
  [
    PROTOBUF,
    false,
    "scrape merged protobuf dots",
    "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=dots",
  ],
])("Accept: %s (OpenMetrics on offer: %s) is a %s", async (accept, openMetrics, call, contentType) => {
  const relay = createFakeRelay({ openMetrics });
  const answer = await relay.request("GET", "/metrics", { headers: { Accept: accept } });
  expect([answer.headers.get("Content-Type"), relay.calls]).toEqual([contentType, [call]]);
});

test.each([
  ["gzip", "gzip"],
  ["deflate, GZIP;q=0.5, br", "gzip"],
  ["gzip;q=0.001", "gzip"],
  ["zstd, gzip;q=0.1", "gzip"],
  ["zstd", "zstd"],
  ["gzip;q=0, zstd;q=0.5", "zstd"],
  ["", null],
  ["identity", null],
  ["*", null],
  ["gzip;q=0", null],
  ["gzip; q=0.00", null],
  ["gzip;q=0,zstd;q=0", null],
  ["x-gzip", null],
])("Accept-Encoding: %s gets %s", async (accepted, coding) => {
  const relay = createFakeRelay({ scrape: ["a 1\n", "b 2\n".repeat(100_000)] });
  const answer = await relay.request("GET", "/metrics", { headers: { "Accept-Encoding": accepted } });
  expect(answer.headers.get("Content-Encoding")).toBe(coding);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = coding === null ? bytes : coding === "gzip" ? gunzipSync(bytes) : zstdDecompressSync(bytes);
  expect(text.toString()).toBe(`a 1\n${"b 2\n".repeat(100_000)}`);
});

test("where the platform has no zstd, who takes nothing else gets the answer as it is", async () => {
  const relay = createFakeRelay({ zstd: undefined });
  const answer = await relay.request("GET", "/metrics", { headers: { "Accept-Encoding": "zstd" } });
  expect([answer.headers.get("Content-Encoding"), await answer.text()]).toEqual([null, "a 1\n"]);
});

test("a part of a view is asked for by names, selectors and jobs", async () => {
  const relay = createFakeRelay();
  await relay.request("GET", "/metrics?name[]=a&name[]=b&job=j&match[]=c%7Bx%3D%221%22%7D&match[]=");
  expect(relay.calls).toEqual(['scrape merged of a b job=j c{x="1"}']);
});

test("a selector that is none is answered 400", async () => {
  const scraped = Promise.resolve({
    ok: false,
    code: "bad_selector",
    message: "x{: character 3: no",
  } as const);
  const answer = await createFakeRelay({ scraped }).request("GET", "/metrics?match[]=x%7B");
  expect([answer.status, await answer.text()]).toEqual([400, "match[]: x{: character 3: no\n"]);
});

test("a scrape that takes longer than its scraper waits is answered before that", async () => {
  const relay = createFakeRelay({ scraped: new Promise(() => {}) });
  const headers = { "X-Prometheus-Scrape-Timeout-Seconds": "0.05" };
  const answer = await relay.request("GET", "/metrics", { headers });
  expect([answer.status, await answer.text()]).toEqual([
    503,
    "the view was not ready within the scrape's timeout of 0.05 s: raise scrape_timeout, or ask for less by name[], match[] or job\n",
  ]);
});

test.each(["10", "0", "-1", "soon", "1e300"])(
  "a scrape in time is answered, whatever the timeout says (%s)",
  async (text) => {
    const headers = { "X-Prometheus-Scrape-Timeout-Seconds": text };
    expect((await createFakeRelay().request("GET", "/metrics", { headers })).status).toBe(200);
  },
);
