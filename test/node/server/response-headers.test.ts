import { expect, test } from "vitest";
import { startRelay } from "./running-relay.ts";

test.each(["/", "/status"])(
  "the page %s loads and runs what is the relay's own, and stands in no frame",
  async (path) => {
    await using relay = await startRelay();
    // What would run if it were not escaped.
    const job = encodeURIComponent("<script>alert(1)</script>");
    await relay.push(`/metrics/job/${job}`, "x 1\n");
    const { headers, text } = await relay.request("GET", path);
    const policy = new Map(
      String(headers["content-security-policy"])
        .split("; ")
        .map((each) => [each.slice(0, each.indexOf(" ")), each.slice(each.indexOf(" ") + 1)]),
    );
    expect(Object.fromEntries(policy)).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": "'self'",
      "form-action": "'self'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
    });
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
    // What the policy forbids, the page has not.
    expect(text).not.toMatch(/<script>|<script [^>]*>[^<]|<style|style=|\son[a-z]+=/);
  },
);

test.each([
  ["GET", "/metrics"],
  ["GET", "/metrics?view=none"],
  ["GET", "/static/functions.js"],
  ["GET", "/api/v1/status"],
  ["GET", "/api/v1/metrics"],
  ["GET", "/api/v1/metrics?match[]=("],
  ["GET", "/api/v1/explain?series=x"],
  ["DELETE", "/api/v1/outputs?match[]=x"],
  ["DELETE", '/api/v1/groups?match[]={job="x"}'],
  ["PUT", "/metrics/job"],
  ["POST", "/metrics/job/a/b"],
  ["GET", "/nothing"],
])("no browser makes a page of the answer to %s %s", async (method, path) => {
  await using relay = await startRelay({ adminApi: true });
  const { headers } = await relay.request(method, path, { body: method === "POST" ? "<html>" : "" });
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["content-type"]).toMatch(/^(text\/plain|text\/javascript|application\/json)/);
});
