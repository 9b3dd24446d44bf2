import { expect, test } from "vitest";
import type { FakeRelayOptions } from "./fake-relay.ts";
import { createFakeRelay } from "./fake-relay.ts";

test.each(["PUT", "POST"])("a %s is answered 200 with nothing in it", async (method) => {
  const relay = createFakeRelay();
  const answer = await relay.request(method, "/metrics/job/a", { body: "x 1\n" });
  expect(relay.calls).toEqual([`${method} {job="a"} x 1\n`]);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toEqual({ "content-length": "0" });
  expect(await answer.text()).toBe("");
});

test("a DELETE is answered 202 with nothing in it", async () => {
  const relay = createFakeRelay();
  const answer = await relay.request("DELETE", "/metrics/job/a/instance/b");
  expect(relay.calls).toEqual([`DELETE {instance="b",job="a"}`]);
  expect(answer.status).toBe(202);
  expect(Object.fromEntries(answer.headers)).toEqual({ "content-length": "0" });
});

test.each([
  ["/metrics/job/a/", '{job="a"}'],
  ["/metrics/job/a/l/v?x=y", '{job="a",l="v"}'],
  ["/metrics/job/my+job", '{job="my+job"}'],
  ["/metrics/job/a/l//m/v", '{job="a",l="",m="v"}'],
  ["/metrics/job/a/l/..", '{job="a",l=".."}'],
  ["/metrics/job/a/l%2Fv", '{job="a",l="v"}'],
  ["/metrics/job@base64/YS9i/l@base64/=", '{job="a/b",l=""}'],
  ["http://elsewhere:9091/metrics/job/a", '{job="a"}'],
])("PUT %s is a push to %s", async (target, key) => {
  const relay = createFakeRelay();
  const answer = await relay.request("PUT", target, { body: "" });
  expect([answer.status, relay.calls]).toEqual([200, [`PUT ${key} `]]);
});

test.each([
  ["/metrics/job/", "job name is required\n"],
  ["/metrics/job//l/v", "job name is required\n"],
  ["/metrics/job/a/l", 'odd number of components in label string "/l"\n'],
  ["/metrics/job/a/l/v/", 'odd number of components in label string "/l/v/"\n'],
  ["/metrics/job/a/__l/v", 'improper label name "__l"\n'],
  ["/metrics/job/a/l/%zz", "the path is not percent-encoded UTF-8: /job/a/l/%zz\n"],
])("PUT %s is answered 400: %s", async (target, message) => {
  const relay = createFakeRelay();
  const answer = await relay.request("PUT", target, { body: "x 1\n" });
  expect([answer.status, await answer.text(), relay.calls]).toEqual([400, message, []]);
});

test.each([
  ["bad_exposition", 400],
  ["inconsistent", 400],
  ["too_many_series", 413],
  ["internal", 500],
  ["restarting", 503],
] as const)("a push that the relay refuses as %s is answered %i with its message", async (code, status) => {
  const relay = createFakeRelay({ refusal: { code, message: "line 3: no" } });
  const answer = await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" });
  expect([answer.status, await answer.text()]).toEqual([status, "line 3: no\n"]);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  expect(answer.headers.get("X-Content-Type-Options")).toBe("nosniff");
  expect(answer.headers.get("Retry-After")).toBe(status === 503 ? "5" : null);
});

test("an error is one line of less than 300 characters, whatever its message", async () => {
  const relay = createFakeRelay({ refusal: { code: "inconsistent", message: "one\ntwo ".repeat(100) } });
  const text = await (await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" })).text();
  expect(text).toMatch(/^one two .*…\n$/);
  expect(text.length).toBeLessThanOrEqual(300);
});

test("a push that is refused for load is a sign of life of its group", async () => {
  const relay = createFakeRelay({ received: { ok: false, code: "overloaded", message: "busy" } });
  const answer = await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" });
  expect([answer.status, await answer.text()]).toEqual([503, "busy\n"]);
  expect(answer.headers.get("Retry-After")).toBe("5");
  expect(relay.calls).toEqual(['sign {job="a"}']);
});

test.each([
  ["too_large", 413],
  ["broken", 400],
  ["undecodable", 400],
] as const)("a body that is %s is answered %i and is nobody's", async (code, status) => {
  const relay = createFakeRelay({ received: { ok: false, code, message: "no" } });
  const answer = await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" });
  expect([answer.status, relay.calls]).toEqual([status, []]);
});

test.each(["application/json", "application/x-www-form-urlencoded", "nonsense"])(
  "a push as %s is read as text format",
  async (type) => {
    const relay = createFakeRelay();
    const headers = { "Content-Type": type, "Content-Encoding": "identity" };
    const answer = await relay.request("POST", "/metrics/job/a", { body: "x 1\n", headers });
    expect([answer.status, relay.calls]).toEqual([200, ['POST {job="a"} x 1\n']]);
  },
);

test("a push as delimited protobuf is told to the relay as one", async () => {
  const relay = createFakeRelay();
  const headers = {
    "Content-Type":
      "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
  };
  await relay.request("PUT", "/metrics/job/a", { body: "x", headers });
  expect(relay.calls).toEqual(['PUT {job="a"} protobuf x']);
});

test.each([
  [undefined, 202],
  [{ code: "inconsistent", message: "no" } as const, 202],
  [{ code: "bad_exposition", message: "no" } as const, 400],
])("where nothing is checked, a push with the refusal %j is answered %i", async (refusal, status) => {
  const relay = createFakeRelay({ uncheckedPushes: true, ...(refusal === undefined ? {} : { refusal }) });
  expect((await relay.request("PUT", "/metrics/job/a", { body: "x 1\n" })).status).toBe(status);
});

test.each([
  ["DELETE", "/metrics/job/a", "gzip", 400],
  ["GET", "/metrics", "Snappy", 400],
  ["GET", "/metrics", "identity", 200],
  ["GET", "/api/v1/status", "gzip", 200],
])("%s %s with Content-Encoding %s and no body is answered %i", async (method, target, encoding, status) => {
  const answer = await createFakeRelay().request(method, target, {
    headers: { "Content-Encoding": encoding },
  });
  expect(answer.status).toBe(status);
});

test("several reasons are a list, everything else stands on one line", async () => {
  const refusal = { code: "inconsistent", message: "2 error(s) occurred:\n* a\nb\n* c" } as const;
  const answer = await createFakeRelay({ refusal }).request("PUT", "/metrics/job/a", { body: "x 1\n" });
  expect(await answer.text()).toBe("2 error(s) occurred:\n* a b\n* c\n");
});

/** What a refused push is remembered by. */
async function refused(options: FakeRelayOptions, target: string): Promise<string> {
  const relay = createFakeRelay(options);
  const answer = await relay.request("PUT", target, { body: "x 1\n" });
  const [remembered = "", ...more] = relay.refusals;
  expect(more).toEqual([]);
  // The words after the reason are those of the answer.
  expect(`${remembered.slice(remembered.indexOf(": ") + 2)}\n`).toBe(await answer.text());
  return remembered.slice(0, remembered.indexOf(": "));
}

test("each push that is not taken is remembered, with the line that its sender was told", async () => {
  const refusal = { code: "inconsistent", message: "no" } as const;
  const received = { ok: false, code: "too_large", message: "no" } as const;
  expect(await refused({ refusal }, "/metrics/job/a")).toBe('{job="a"} inconsistent');
  expect(await refused({ received }, "/metrics/job/a")).toBe('{job="a"} too_large');
  expect(await refused({}, "/metrics/job/a/b")).toBe("- bad_grouping_key");
  const taken = createFakeRelay();
  await taken.request("PUT", "/metrics/job/a", { body: "x 1\n" });
  expect(taken.refusals).toEqual([]);
});
