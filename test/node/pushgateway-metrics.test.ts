import { expect, test } from "vitest";
import { sampleOf, startRelay } from "./server/running-relay.ts";

test("a Pushgateway's own metrics are there, labels in order, quantiles last", async () => {
  await using relay = await startRelay();
  await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" });
  await relay.request("PUT", "/metrics/job/a", { body: "broken" });
  await relay.request("GET", "/status");
  await relay.request("GET", "/nosuch");
  await relay.request("GET", "/api/v1/explain?series=x");
  const text = await relay.view("merged");
  const counted = text.split("\n").filter((line) => line.startsWith("pushgateway_http_requests_total{"));
  expect(counted.toSorted()).toEqual([
    'pushgateway_http_requests_total{code="200",handler="push",method="put"} 1',
    'pushgateway_http_requests_total{code="200",handler="status",method="get"} 1',
    'pushgateway_http_requests_total{code="400",handler="push",method="put"} 1',
  ]);
  expect(text).toMatch(
    /^pushgateway_build_info\{branch="",goarch="\w+",goos="\w+",goversion="node.*",revision="",tags="",version="\d.*"\} 1$/m,
  );
  expect(sampleOf(text, 'pushgateway_http_push_duration_seconds_count{method="put"}')).toBe(2);
  expect(
    sampleOf(text, 'pushgateway_http_push_duration_seconds{method="put",quantile="0.5"}'),
  ).toBeGreaterThan(0);
  // The request line, some headers, and the body of four bytes or six.
  const size = sampleOf(text, 'pushgateway_http_push_size_bytes{method="put",quantile="0.9"}');
  expect(size).toBeGreaterThan("PUT/metrics/job/aHTTP/1.1".length + 4);
  expect(size).toBeLessThan(300);
});

test("nobody else may push them as something else", async () => {
  await using relay = await startRelay();
  const { status, text } = await relay.push(
    "/metrics/job/a",
    "# TYPE pushgateway_build_info counter\npushgateway_build_info 1\n",
  );
  expect([status, text]).toEqual([400, expect.stringContaining("has type COUNTER but should have GAUGE")]);
});
