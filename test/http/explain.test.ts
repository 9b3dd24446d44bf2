import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test("the relay is asked for the selector, and answers in the words of Prometheus's API", async () => {
  const relay = createFakeRelay({ routePrefix: "/p" });
  const series = encodeURIComponent('x{a="b c"}');
  const answer = await relay.request("GET", `/p/api/v1/explain?series=${series}&view=merged`);
  expect(relay.calls).toEqual(['explain x{a="b c"}']);
  expect([answer.status, await answer.json()]).toEqual([200, { status: "success", data: [] }]);
});

test("an answer that is cut says so", async () => {
  const relay = createFakeRelay({ explained: { ok: true, series: [], isCut: true } });
  const answer = await relay.request("GET", "/api/v1/explain?series=x");
  expect(await answer.json()).toMatchObject({ warnings: ["only the first 1000 series are shown"] });
});

test.each([
  ["", 'series: missing; give a PromQL selector such as series=up{job="shop"}'],
  ["?series=x&view=raw", "view: only the merged view can be explained"],
  ["?series=x%7B", "series: character 2: no"],
])("GET /api/v1/explain%s is answered 400: %s", async (query, error) => {
  const relay = createFakeRelay({ explained: { ok: false, message: "character 2: no" } });
  const answer = await relay.request("GET", `/api/v1/explain${query}`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { status: "error", errorType: "bad_data", error },
  ]);
});
