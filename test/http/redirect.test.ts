import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test.each([
  ["POST", "/METRICS/job/aB/l/V", 307, "/metrics/job/aB/l/V"],
  ["DELETE", "/Metrics/Job@base64/YQ", 307, "/metrics/job@base64/YQ"],
  ["GET", "/metrics/?view=raw", 301, "/metrics?view=raw"],
  ["GET", "/-/Healthy/", 301, "/-/healthy"],
])("%s %s is sent to where it was meant for", async (method, target, status, location) => {
  const relay = createFakeRelay();
  const answer = await relay.request(method, target);
  expect([answer.status, answer.headers.get("Location"), relay.calls]).toEqual([status, location, []]);
});

test("the page without its slash is sent to where its links are right", async () => {
  const answer = await createFakeRelay({ routePrefix: "/p" }).request("GET", "/p");
  expect([answer.status, answer.headers.get("Location")]).toEqual([301, "/p/"]);
});
