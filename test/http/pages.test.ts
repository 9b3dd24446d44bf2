import { expect, test } from "vitest";
import { createFakeRelay } from "./fake-relay.ts";

test.each(["/", "/status", "/?page=2&search=x", "/?page=nonsense"])(
  "GET %s is a page that runs no script of its own",
  async (target) => {
    const answer = await createFakeRelay().request("GET", target);
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(answer.headers.get("Content-Security-Policy")).toMatch(/default-src 'none'; script-src 'self';/);
    const text = await answer.text();
    expect(text).toContain("<title>Prometheus Pushgateway</title>");
    expect(text).not.toMatch(/<script(?! src=")|<style|\sstyle=|\son\w+=/);
  },
);

test.each([
  ["/static/functions.js", "text/javascript; charset=utf-8"],
  ["/static/style.css", "text/css; charset=utf-8"],
])("%s is there", async (target, type) => {
  const answer = await createFakeRelay().request("GET", target);
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, type]);
});

test("links begin with the path that is seen from outside", async () => {
  const answer = await createFakeRelay({ routePrefix: "/in", linkBase: "/out" }).request("GET", "/in/");
  const links = (await answer.text()).match(/(?<=(?:href|src|action|data-base)=")[^"]*/g);
  expect(links).toEqual([
    "/out/static/style.css",
    "/out/static/functions.js",
    "/out",
    "/out/",
    "/out/status",
    "/out/",
  ]);
});
