import { SELF } from "cloudflare:test";
import { expect, test } from "vitest";

test("a push is there for the next scrape", async () => {
  const pushed = await SELF.fetch("http://site/metrics/job/a", { method: "PUT", body: "x 1\n" });
  expect([pushed.status, await pushed.text()]).toEqual([200, ""]);
  const view = await (await SELF.fetch("http://site/metrics")).text();
  expect(view).toContain('x{instance="",job="a"} 1\n');
});
