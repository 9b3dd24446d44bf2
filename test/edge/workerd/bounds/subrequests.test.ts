import { env } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { CaseRequest } from "../../../conformance/cases.ts";
import { push, send, wipe } from "../send.ts";

const PARTITIONS = 4;
/** Of the platform, for a request on the free plan; it has 10,000 on the paid one. */
const MOST_CALLS = 50;
/** Of what does not grow with the number of partitions. */
const OTHERS = 4;

beforeEach(wipe);

/** What a request calls of other objects. */
async function callsOf(request: CaseRequest): Promise<string[]> {
  const calls: string[] = [];
  const counting = (binding: "PARTITIONS" | "REGISTRY"): unknown => ({
    getByName: (name: string) =>
      new Proxy(env[binding].getByName(name), {
        get:
          (stub, method) =>
          async (...given: unknown[]) => {
            calls.push(`${name} ${String(method)}`);
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a stub has whatever method it is asked for
            return await (stub as unknown as Record<string | symbol, (...all: unknown[]) => unknown>)[
              method
            ]?.(...given);
          },
      }),
  });
  const bindings = { PARTITIONS: counting("PARTITIONS"), REGISTRY: counting("REGISTRY") };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- they stand in for what a Worker is bound to
  const { status, text } = await send(request, bindings as unknown as Record<string, string>);
  expect([status, text]).toEqual([expect.toBeOneOf([200, 202]), expect.anything()]);
  return calls;
}

test.each([
  ["a push", { method: "PUT", path: "/metrics/job/a", body: "x 1\n" }, 1],
  ["a DELETE", { method: "DELETE", path: "/metrics/job/a" }, 1],
  ["a scrape", { method: "GET", path: "/metrics" }, PARTITIONS + 3],
  ["a scrape of one partition", { method: "GET", path: "/metrics?partition=1" }, 1 + 3],
  ["a list of groups", { method: "GET", path: "/api/v1/metrics" }, 2 * PARTITIONS + 1],
  ["the page", { method: "GET", path: "/" }, 2 * PARTITIONS + OTHERS],
  ["an explanation", { method: "GET", path: "/api/v1/explain?series=x" }, 2 * PARTITIONS + OTHERS],
  ["a wipe", { method: "PUT", path: "/api/v1/admin/wipe" }, 1],
  ["an undo", { method: "DELETE", path: "/api/v1/outputs?match[]=x" }, 1],
  [
    "a deletion of many groups",
    { method: "DELETE", path: '/api/v1/groups?match[]={job!=""}' },
    2 * PARTITIONS + 1,
  ],
] as const)("%s calls so many objects, however many groups there are", async (_what, request, most) => {
  for (let i = 0; i < 30; i += 1) await push(`/metrics/job/j/group/${i}`, "x 1\n");
  const calls = await callsOf(request);
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.length, calls.join(", ")).toBeLessThanOrEqual(most);
});

test("with the usual 16 partitions no request makes more calls than the platform lets it", () => {
  expect(2 * 16 + OTHERS).toBeLessThan(MOST_CALLS);
});
