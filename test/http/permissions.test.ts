import { describe, expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

const ACTIONS = [
  ["PUT", "/metrics/job/a"],
  ["POST", "/metrics/job/a"],
  ["DELETE", "/metrics/job/a"],
  ["DELETE", "/api/v1/groups?match[]={job=%22a%22}"],
  ["DELETE", "/api/v1/outputs?match[]=x"],
  ["PUT", "/api/v1/admin/wipe"],
  ["POST", "/-/reload"],
  ["POST", "/-/quit"],
] as const;

/** A browser sends the password that it knows for a site with whatever any page asks of that site. */
describe("what a page of another site has a browser send", () => {
  test.each(ACTIONS)("%s %s changes nothing", async (method, target) => {
    let isEnded = false;
    for (const site of ["cross-site", "same-site"]) {
      const relay = createFakeRelay({
        adminApi: true,
        quit: () => (isEnded = true),
        reload: () => Promise.reject(new Error("reloaded")),
      });
      const headers = { "Sec-Fetch-Site": site };
      const answer = await relay.request(method, target, { headers });
      expect([answer.status, relay.calls, isEnded]).toEqual([403, [], false]);
      expect(await answer.text()).toMatch(/^forbidden: a page of another site has sent it/);
    }
  });

  test.each(ACTIONS)("%s %s of the relay's own pages, and of no browser, is done", async (method, target) => {
    for (const headers of [{}, { "Sec-Fetch-Site": "same-origin" }, { "Sec-Fetch-Site": "none" }]) {
      const relay = createFakeRelay({ adminApi: true, quit: () => {}, reload: async () => [] });
      expect((await relay.request(method, target, { headers })).status).toBeLessThan(300);
    }
  });

  test("may be read, where a Pushgateway lets it be read", async () => {
    const headers = { "Sec-Fetch-Site": "cross-site" };
    const answer = await createFakeRelay().request("GET", "/api/v1/status", { headers });
    expect([answer.status, answer.headers.get("Access-Control-Allow-Origin")]).toEqual([200, "*"]);
  });
});
