import { expect, test } from "vitest";
import type { RunningRelay } from "./running-relay.ts";
import { sampleOf, startRelay } from "./running-relay.ts";
import { rule } from "../../core/rollup/rules/rules.ts";

const MERGED = 'x_total{instance="",job="shop"}';
const PODS = ["a", "b", "c", "d", "e", "f"];

async function pushAll(relay: RunningRelay, total: number): Promise<void> {
  for (const pod of PODS) {
    const body = `# TYPE x_total counter\nx_total ${total}\n`;
    expect((await relay.push(`/metrics/job/shop/instance/${pod}`, body)).status).toBe(200);
  }
}

test("an undo is done in all threads when it is answered, and no scrape shows half of it", async () => {
  await using relay = await startRelay({
    threads: 2,
    adminApi: true,
    rules: [rule("x_total", { without: ["instance"] })],
  });
  for (const total of [10, 15]) await pushAll(relay, total);
  expect(sampleOf(await relay.view("merged"), MERGED)).toBe(30);

  const target = `/api/v1/outputs?match[]=${encodeURIComponent('x_total{job="shop"}')}`;
  const [undone, ...scrapes] = await Promise.all([
    relay.request("DELETE", target),
    ...Array.from({ length: 20 }, () => relay.view("merged")),
  ]);
  expect([undone.status, JSON.parse(undone.text)]).toEqual([
    200,
    { status: "success", data: { outputs: 1, marks: 0, freezes: 0 } },
  ]);
  for (const scrape of scrapes) expect([0, 30]).toContain(sampleOf(scrape, MERGED));
  expect(sampleOf(await relay.view("merged"), MERGED)).toBe(0);
  await pushAll(relay, 16);
  expect(sampleOf(await relay.view("merged"), MERGED)).toBe(6);
});

test("what is no selector is answered with the place", async () => {
  await using relay = await startRelay({ adminApi: true });
  const { status, text } = await relay.request("DELETE", "/api/v1/outputs?match[]=up&match[]=x%7Ba");
  expect([status, JSON.parse(text)]).toMatchObject([
    400,
    { errorType: "bad_data", error: expect.stringMatching(/^match\[\]: x\{a: character \d+: /) },
  ]);
});
