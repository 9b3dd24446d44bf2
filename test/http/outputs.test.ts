import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

const TARGET = `/api/v1/outputs?match[]=${encodeURIComponent('x{a="b"}')}&match%5B%5D=y`;

test("an undo is handed on with all its selectors, and answered with what was done", async () => {
  const relay = createFakeRelay({
    adminApi: true,
    undone: { ok: true, outputs: ["x{}", "y{}"], marks: [{ job: "j", family: "x" }], frozenSources: 3 },
  });
  const answer = await relay.request("DELETE", TARGET);
  expect(relay.calls).toEqual(['undo x{a="b"} y']);
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: "success", data: { outputs: 2, marks: 1, freezes: 3 } },
  ]);
});

test("without the admin API there is no such path", async () => {
  const relay = createFakeRelay();
  const answer = await relay.request("DELETE", TARGET);
  expect([answer.status, await answer.text()]).toEqual([
    404,
    "404 page not found: it needs --web.enable-admin-api\n",
  ]);
  expect(relay.calls).toEqual([]);
});

test.each([
  ["", 'match[]: missing; give a PromQL selector such as match[]=requests_total{job="shop"}'],
  ["?match[]=", 'match[]: missing; give a PromQL selector such as match[]=requests_total{job="shop"}'],
  ["?match[]=x%7B", "match[]: x{: character 3: no"],
])("DELETE /api/v1/outputs%s is answered 400: %s", async (query, error) => {
  const relay = createFakeRelay({ adminApi: true, undone: { ok: false, message: "x{: character 3: no" } });
  const answer = await relay.request("DELETE", `/api/v1/outputs${query}`);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { status: "error", errorType: "bad_data", error },
  ]);
});
