import { gunzipSync } from "node:zlib";
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

const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5," +
  "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

test.each(["", "text/html", PROMETHEUS_3])(
  "whatever is accepted (%s), text 0.0.4 is sent",
  async (accept) => {
    const answer = await createFakeRelay().request("GET", "/metrics", { headers: { Accept: accept } });
    expect(answer.headers.get("Content-Type")).toBe(
      "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
    );
  },
);

test.each([
  ["gzip", true],
  ["deflate, GZIP;q=0.5, br", true],
  ["gzip;q=0.001", true],
  ["", false],
  ["identity", false],
  ["*", false],
  ["gzip;q=0", false],
  ["gzip; q=0.00", false],
  ["x-gzip", false],
])("Accept-Encoding: %s gets gzip: %s", async (accepted, isCompressed) => {
  const relay = createFakeRelay({ scrape: ["a 1\n", "b 2\n".repeat(100_000)] });
  const answer = await relay.request("GET", "/metrics", { headers: { "Accept-Encoding": accepted } });
  expect(answer.headers.get("Content-Encoding")).toBe(isCompressed ? "gzip" : null);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const text = isCompressed ? gunzipSync(bytes) : bytes;
  expect(text.toString()).toBe(`a 1\n${"b 2\n".repeat(100_000)}`);
});
