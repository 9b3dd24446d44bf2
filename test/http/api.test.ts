import { describe, expect, test } from "vitest";
import type { GroupSummary } from "../../src/core/view/group-summary.ts";
import { createFakeRelay } from "./fake-relay.ts";

const CORS = {
  "access-control-allow-headers": "Accept, Authorization, Content-Type, Origin",
  "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "Date",
  "cache-control": "no-cache, no-store, must-revalidate",
};

function group(canonicalKey: string, labels: readonly string[]): GroupSummary {
  return { partition: 0, canonicalKey, labels, pushedSeconds: 1, failedSeconds: 0, series: 1 };
}

const TWO_GROUPS = {
  ok: true,
  groups: [group('{job="a"}', ["job", "a"]), group('{job="a",l=""}', ["job", "a", "l", ""])],
} as const;

test.each([
  ["GET", "/api/v1/metrics"],
  ["GET", "/api/v1/status"],
  ["OPTIONS", "/api/v1/metrics"],
  ["OPTIONS", "/api/v1/anything/else"],
])("%s %s may be read by a page of another site", async (method, target) => {
  const answer = await createFakeRelay().request(method, target);
  expect([answer.status, Object.fromEntries(answer.headers)]).toMatchObject([200, CORS]);
});

test("the status has a Pushgateway's fields, and beside them what was refused", async () => {
  const key = { labels: ["job", "a"], job: "a", canonical: '{job="a"}' };
  const last = { key, reason: "too_large", message: "no", wallMs: 0 };
  const refused = [{ job: "a", byReason: new Map([["too_large", 2]]), last }];
  const answer = await createFakeRelay({ refused }).request("GET", "/api/v1/status");
  expect(await answer.json()).toEqual({
    status: "success",
    data: {
      build_information: {
        branch: "",
        buildDate: "",
        buildUser: "",
        goVersion: "",
        revision: "",
        version: "1.2.3",
      },
      flags: { view: "merged" },
      start_time: "2026-11-21T13:34:46.250Z",
      sluice: {
        refused: [
          {
            job: "a",
            counts: { too_large: 2 },
            lastError: "no",
            lastReason: "too_large",
            lastSource: '{job="a"}',
            lastTime: "1970-01-01T00:00:00.000Z",
          },
        ],
      },
    },
  });
});

describe("the list of groups", () => {
  test("is one document, whatever pieces it comes in", async () => {
    const answer = await createFakeRelay({ groups: TWO_GROUPS }).request("GET", "/api/v1/metrics");
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(await answer.text()).toBe(
      '{"status":"success","data":[{"canonicalKey":"{job=\\"a\\"}"},{"canonicalKey":"{job=\\"a\\",l=\\"\\"}"}]}',
    );
  });

  test.each([
    ["/job/a/l/", '{job="a",l=""}'],
    ["/job@base64/YQ", '{job="a"}'],
  ])("is cut down to the group of the path %s", async (path, canonicalKey) => {
    const relay = createFakeRelay({ groups: TWO_GROUPS });
    const answer = await relay.request("GET", `/api/v1/metrics?group=${encodeURIComponent(path)}`);
    expect(await answer.json()).toEqual({ status: "success", data: [{ canonicalKey }] });
  });

  test("is asked for by selectors", async () => {
    const relay = createFakeRelay();
    await relay.request("GET", "/api/v1/metrics?match[]={job%3D%22a%22}&match[]={l%3D%22b%22}");
    expect(relay.calls).toEqual(['groups {job="a"} {l="b"}']);
  });

  test.each([
    [
      "/api/v1/metrics?match[]=%7B",
      { groups: { ok: false, message: "character 2: no" } } as const,
      "match[]: character 2: no",
    ],
    ["/api/v1/metrics?group=/job/", {}, "group: job name is required"],
  ])("%s is answered 400", async (target, options, error) => {
    const answer = await createFakeRelay(options).request("GET", target);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { status: "error", errorType: "bad_data", error },
    ]);
  });
});

describe("the admin API", () => {
  test("wipes everything", async () => {
    const relay = createFakeRelay({ adminApi: true });
    const answer = await relay.request("PUT", "/api/v1/admin/wipe");
    expect([answer.status, await answer.text(), relay.calls]).toEqual([202, "", ["wipe"]]);
  });

  test("deletes the groups that a selector matches", async () => {
    const relay = createFakeRelay({ adminApi: true, groups: TWO_GROUPS });
    const answer = await relay.request("DELETE", "/api/v1/groups?match[]={job%3D%22a%22}");
    expect([answer.status, await answer.json()]).toEqual([200, { status: "success", data: { groups: 2 } }]);
    expect(relay.calls).toEqual(['groups {job="a"}', 'DELETE {job="a"}', 'DELETE {job="a",l=""}']);
  });

  test("deletes nothing where no selector is given", async () => {
    const relay = createFakeRelay({ adminApi: true, groups: TWO_GROUPS });
    const answer = await relay.request("DELETE", "/api/v1/groups?match[]=");
    expect([answer.status, relay.calls]).toEqual([400, []]);
    expect(await answer.text()).toContain("match[]: missing");
  });

  test.each([
    ["PUT", "/api/v1/admin/wipe"],
    ["GET", "/api/v1/admin/wipe"],
    ["DELETE", "/api/v1/groups?match[]=x"],
  ])("is not there unless it is enabled: %s %s", async (method, target) => {
    const relay = createFakeRelay({ groups: TWO_GROUPS });
    const answer = await relay.request(method, target);
    expect([answer.status, relay.calls]).toEqual([404, []]);
  });
});

describe("the end of the process", () => {
  test("is what PUT and POST ask for where that is enabled", async () => {
    let quits = 0;
    const relay = createFakeRelay({ quit: () => (quits += 1) });
    for (const method of ["PUT", "POST"]) {
      const answer = await relay.request(method, "/-/quit");
      expect([answer.status, await answer.text()]).toEqual([200, "Requesting termination... Goodbye!"]);
    }
    expect(quits).toBe(2);
  });

  test.each([
    ["", "PUT", "/-/quit", 403, "Lifecycle API is not enabled."],
    ["", "GET", "/-/quit", 405, "Only POST or PUT requests allowed."],
    ["/p", "GET", "/-/quit", 405, "Only POST or PUT requests allowed."],
    ["/p", "GET", "/p/-/quit", 405, "Method Not Allowed\n"],
    ["/p", "POST", "/p/-/quit", 403, "Lifecycle API is not enabled."],
  ])("below %j, %s %s is answered %i", async (routePrefix, method, target, status, text) => {
    const answer = await createFakeRelay({ routePrefix }).request(method, target);
    expect([answer.status, await answer.text()]).toEqual([status, text]);
  });
});
