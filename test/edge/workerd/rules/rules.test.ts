import { env, evictAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { partitionStub } from "../../../../src/edge/env.ts";
import { push, scrape, wipe } from "../send.ts";

const INSTANCES = ["a", "b", "c", "d", "e", "f"];

beforeEach(wipe);
afterEach(() => {
  vi.useRealTimers();
});

function requests(view: string): string[] {
  return view.split("\n").filter((line) => line.startsWith("http_requests_total{"));
}

async function pushAll(value: number): Promise<void> {
  for (const instance of INSTANCES) {
    const { status, text } = await push(
      `/metrics/job/shop/instance/${instance}`,
      `# TYPE http_requests_total counter\nhttp_requests_total ${value}\n`,
    );
    expect([status, text]).toEqual([200, ""]);
  }
}

test("a rule of the file merges what instances in several partitions push, through evictions", async () => {
  await pushAll(0);
  await pushAll(10);
  expect(requests(await scrape())).toEqual(['http_requests_total{instance="",job="shop"} 60']);
  await evictAllDurableObjects();
  await pushAll(15);
  expect(requests(await scrape())).toEqual(['http_requests_total{instance="",job="shop"} 90']);
});

test("a rule of the file drops from the merged view, and the raw one has all", async () => {
  await push("/metrics/job/any", "debug_depth 1\nx 2\n");
  expect(await scrape()).not.toContain("debug_depth");
  expect(await scrape("?view=raw")).toContain('debug_depth{instance="",job="any"} 1\n');
});

test("an entry under jobs bounds a push", async () => {
  const { status, text } = await push("/metrics/job/nightly", "a 1\nb 1\nc 1\n");
  expect([status, text]).toEqual([413, expect.stringContaining("more than 2 series")]);
});

test("an entry under jobs lets a group leave that has been silent, without traffic", async () => {
  await push("/metrics/job/nightly", "a 1\n");
  expect(await scrape()).toContain('a{instance="",job="nightly"} 1\n');
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 91_000 });
  for (const partition of [0, 1, 2, 3]) await runDurableObjectAlarm(partitionStub(env, partition));
  expect(await scrape()).not.toContain("a{instance=");
});
