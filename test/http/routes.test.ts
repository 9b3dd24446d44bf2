import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test.each([
  ["GET", "/nosuch"],
  ["GET", "/metricsx"],
  ["POST", "/metrics/job"],
  ["DELETE", "/metrics/job"],
  ["GET", "/api/v1/admin/wipe/now"],
  ["GET", "/static/missing.js"],
  ["POST", "/metrics/job@base64/"],
])("%s %s is answered 404 as a Pushgateway's router does", async (method, target) => {
  const answer = await createFakeRelay().request(method, target);
  expect([answer.status, await answer.text()]).toEqual([404, "404 page not found\n"]);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
});

test.each([
  ["PUT", "/metrics/jobs/a"],
  ["POST", "/job/a"],
  ["PUT", "/push/metrics/job/a"],
  ["DELETE", "/metrics//job/a"],
])("%s %s is answered 404 with the path that pushes go to", async (method, target) => {
  const answer = await createFakeRelay().request(method, target);
  expect([answer.status, await answer.text()]).toEqual([
    404,
    "404 page not found: push to /metrics/job/<job>{/<label>/<value>}\n",
  ]);
});

test.each([
  ["GET", "/metrics/job/a", "DELETE, OPTIONS, POST, PUT"],
  ["HEAD", "/metrics/job/a", "DELETE, OPTIONS, POST, PUT"],
  ["PATCH", "/metrics/job@base64/YQ", "DELETE, OPTIONS, POST, PUT"],
  ["HEAD", "/metrics", "GET, OPTIONS"],
  ["PUT", "/metrics", "GET, OPTIONS"],
  ["HEAD", "/-/healthy", "GET, OPTIONS"],
  ["POST", "/-/ready", "GET, OPTIONS"],
  ["GET", "/-/reload", "OPTIONS, POST, PUT"],
])("%s %s is answered 405 with Allow: %s", async (method, target, allow) => {
  const relay = createFakeRelay();
  const answer = await relay.request(method, target);
  expect([answer.status, answer.headers.get("Allow"), relay.calls]).toEqual([405, allow, []]);
  expect(await answer.text()).toBe(method === "HEAD" ? "" : "Method Not Allowed\n");
});

test.each([
  ["/metrics/job/a", "DELETE, OPTIONS, POST, PUT"],
  ["/metrics", "GET, OPTIONS"],
  ["/-/ready", "GET, OPTIONS"],
])("OPTIONS %s is answered 200 with Allow: %s", async (target, allow) => {
  const answer = await createFakeRelay().request("OPTIONS", target);
  expect([answer.status, answer.headers.get("Allow"), await answer.text()]).toEqual([200, allow, ""]);
});

test("all routes stand below the prefix, the scrape at its own path", async () => {
  const relay = createFakeRelay({ routePrefix: "/push", telemetryPath: "/federate" });
  const statusOf = async (method: string, target: string): Promise<number> =>
    (await relay.request(method, target)).status;
  expect(await statusOf("PUT", "/push/metrics/job/a/l/v")).toBe(200);
  expect(await statusOf("GET", "/push/federate")).toBe(200);
  expect(await statusOf("GET", "/push/-/ready")).toBe(200);
  expect(relay.calls).toEqual(['PUT {job="a",l="v"} ', "scrape merged"]);
  expect(await statusOf("PUT", "/metrics/job/a")).toBe(404);
  expect(await statusOf("GET", "/push/metrics")).toBe(404);
  expect(await (await relay.request("PUT", "/metrics/job/a")).text()).toContain(
    " push to /push/metrics/job/",
  );
});

test.each([
  [{}, "/-/healthy", 200, "OK"],
  [{}, "/-/ready", 200, "OK"],
  [{ unready: "a thread is being started again" }, "/-/healthy", 200, "OK"],
  [{ unready: "a thread is being started again" }, "/-/ready", 503, "a thread is being started again\n"],
  [{ unhealthy: "a thread cannot be started" }, "/-/healthy", 500, "a thread cannot be started\n"],
  [{ unhealthy: "a thread cannot be started" }, "/-/ready", 503, "a thread cannot be started\n"],
])("with the health %j, %s is answered %i", async (health, target, status, text) => {
  const answer = await createFakeRelay({ health }).request("GET", target);
  expect([answer.status, await answer.text()]).toEqual([status, text]);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
});

test("every answer of a known resource is told, one of a bug as well", async () => {
  const answers: unknown[] = [];
  const bugs: string[] = [];
  const relay = createFakeRelay({
    scrape: new Error("BUG: no"),
    onAnswer: ({ seconds, ...answer }) => answers.push([answer, seconds >= 0]),
    onBug: (error) => bugs.push(error.message),
  });
  await relay.request("PUT", "/metrics/job/a");
  await relay.request("DELETE", "/metrics/job/a/l");
  await relay.request("GET", "/nosuch");
  const scrape = await relay.request("GET", "/metrics");
  expect(answers).toEqual([
    [{ handler: "push", method: "PUT", status: 200 }, true],
    [{ handler: "delete", method: "DELETE", status: 400 }, true],
    [{ handler: "scrape", method: "GET", status: 500 }, true],
  ]);
  expect([scrape.status, await scrape.text()]).toEqual([
    500,
    "the relay has a bug, its log says more: BUG: no\n",
  ]);
  expect(bugs).toEqual(["BUG: no"]);
});
