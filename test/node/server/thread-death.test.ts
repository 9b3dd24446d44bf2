import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { partitionOf } from "../../../src/core/partition-of.ts";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

/** The threads of all relays that were started, in the order of their start. */
let workers: Worker[] = [];
let isKillingNewborns = false;

function onWorker(worker: Worker): void {
  workers.push(worker);
  if (isKillingNewborns) void worker.terminate();
}

beforeEach(() => {
  workers = [];
  isKillingNewborns = false;
  process.on("worker", onWorker);
});
afterEach(() => {
  process.off("worker", onWorker);
});

/** The path of a group that belongs to that one of two threads. */
function pathOfThread(thread: number): string {
  for (let i = 0; ; i++) {
    const parsed = parseGroupingKey(`/job/j${i}`);
    if (parsed.ok && partitionOf(parsed.key.canonical, 64) % 2 === thread) return `/metrics/job/j${i}`;
  }
}

function seriesOf(path: string): string {
  return `x{instance="",job="${path.split("/").at(-1)}"}`;
}

async function kill(worker: Worker | undefined): Promise<void> {
  if (worker === undefined) throw new Error("there is no such thread");
  // Once it has ended, the relay knows.
  await Promise.all([once(worker, "exit"), worker.terminate()]);
}

async function statusOf(relay: RunningRelay, target: string): Promise<string> {
  const { status, text } = await relay.request("GET", target);
  return `${status} ${text.trimEnd()}`;
}

async function untilReady(relay: RunningRelay): Promise<void> {
  await expect.poll(() => statusOf(relay, "/-/ready"), { timeout: 10_000 }).toBe("200 OK");
}

describe("a thread that dies", () => {
  test("takes nothing of another thread's with it, and is started again", async () => {
    await using relay = await startRelay({ threads: 2 });
    const [lost, kept] = [pathOfThread(0), pathOfThread(1)];
    await relay.push(lost, "# TYPE x gauge\nx 1\n");
    await relay.push(kept, "# TYPE x gauge\nx 2\n");

    await kill(workers[0]);
    expect(await statusOf(relay, "/-/ready")).toBe(
      "503 a thread has died (it has ended) and is being started again",
    );
    expect(await statusOf(relay, "/-/healthy")).toBe("200 OK");
    const refused = await relay.push(lost, "x 3\n");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
    expect((await relay.push(kept, "# TYPE x gauge\nx 4\n")).status).toBe(200);

    await untilReady(relay);
    const view = await relay.view("raw");
    expect([sampleOf(view, seriesOf(lost)), sampleOf(view, seriesOf(kept))]).toEqual([undefined, 4]);
    expect(sampleOf(view, "sluice_thread_restarts_total")).toBe(1);
    expect(JSON.parse(relay.log[0] ?? "")).toMatchObject({
      level: "error",
      msg: "a thread has died and was started again: its groups are lost until they are pushed again",
      thread: 0,
      cause: "it has ended",
    });

    // Whatever type the dead thread had agreed to, another may stand now if nobody else pushes it.
    expect((await relay.push(lost, "# TYPE x gauge\nx 5\n")).status).toBe(200);
    expect(sampleOf(await relay.view("raw"), seriesOf(lost))).toBe(5);
  });

  test("gives back the types that only it had pushed", async () => {
    await using relay = await startRelay({ threads: 2 });
    await relay.push(pathOfThread(0), "# TYPE x gauge\nx 1\n");
    expect((await relay.push(pathOfThread(1), "# TYPE x counter\nx 1\n")).status).toBe(400);
    await kill(workers[0]);
    await untilReady(relay);
    expect((await relay.push(pathOfThread(1), "# TYPE x counter\nx 1\n")).status).toBe(200);
  });

  test("refuses what was under way with 503, and holds none of its memory", async () => {
    await using relay = await startRelay();
    const body = Array.from({ length: 20_000 }, (_, i) => `x{n="${i}",l="${"y".repeat(90)}"} ${i}\n`).join(
      "",
    );
    const pushes = Array.from({ length: 40 }, (_, i) => relay.push(`/metrics/job/a/i/${i}`, body));
    await Promise.race(pushes);
    await kill(workers[0]);
    const answers = await Promise.all(pushes);
    const refused = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(40);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.text).toMatch(/^a thread has died \(.*\) and is being started again.*\n$/);
    await untilReady(relay);
    expect(sampleOf(await relay.view("raw"), "sluice_inflight_body_bytes")).toBe(0);
    expect((await relay.push("/metrics/job/a", body)).status).toBe(200);
  });

  test("costs no scrape", async () => {
    await using relay = await startRelay({ threads: 2 });
    await relay.push(pathOfThread(1), "x 1\n");
    const killed = kill(workers[0]);
    const during = Array.from({ length: 10 }, () => relay.view("raw"));
    await killed;
    const views = await Promise.all([...during, relay.view("raw")]);
    for (const view of views) expect(view).toMatch(/^x\{/m);
  });

  test("may die again and again", async () => {
    await using relay = await startRelay();
    for (let i = 0; i < 3; i++) {
      await kill(workers.at(-1));
      await untilReady(relay);
      expect((await relay.push("/metrics/job/a", "x 1\n")).status).toBe(200);
    }
    expect(sampleOf(await relay.view("raw"), "sluice_thread_restarts_total")).toBe(3);
  });
});

test("a relay whose thread cannot be started again is unhealthy, until it can", async () => {
  await using relay = await startRelay();
  isKillingNewborns = true;
  await kill(workers[0]);
  await expect
    .poll(() => statusOf(relay, "/-/healthy"), { timeout: 10_000 })
    .toMatch(/^500 a thread cannot be started again: /);
  expect(await statusOf(relay, "/-/ready")).toMatch(/^503 /);
  expect((await relay.push("/metrics/job/a", "x 1\n")).status).toBe(503);
  expect(await statusOf(relay, "/metrics")).toMatch(/^500 .*: a thread cannot be started again: /);
  isKillingNewborns = false;
  await untilReady(relay);
  expect(await statusOf(relay, "/-/healthy")).toBe("200 OK");
  expect((await relay.push("/metrics/job/a", "x 1\n")).status).toBe(200);
});
