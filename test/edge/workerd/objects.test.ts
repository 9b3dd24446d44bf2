import { abortAllDurableObjects, env, evictAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { partitionStub } from "../../../src/edge/env.ts";
import { partitionOf } from "../../../src/core/partition-of.ts";
import { keyOf } from "./keys.ts";
import { push, scrape, send, wipe } from "./send.ts";

const PARTITIONS = 4;

/** A TaskManager's body: one counter of a task, one gauge of the process. */
function taskManager(id: string, records: number): string {
  return [
    "# TYPE flink_taskmanager_job_task_numRecordsIn gauge",
    `flink_taskmanager_job_task_numRecordsIn{host="h",job_id="j1",job_name="shop",task_name="map",task_attempt_id="a${id}",subtask_index="${id}",tm_id="tm${id}",} ${records}`,
    "# TYPE flink_taskmanager_Status_JVM_CPU_Load gauge",
    `flink_taskmanager_Status_JVM_CPU_Load{host="h",tm_id="tm${id}",} 0.5`,
    "",
  ].join("\n");
}

function pathOf(id: string): string {
  return `/metrics/job/flink${id}0000000000000000000000000000000`;
}

function recordsIn(view: string): number | undefined {
  const line = /^flink_taskmanager_job_task_numRecordsIn\{.*\} (\S+)$/m.exec(view);
  return line?.[1] === undefined ? undefined : Number(line[1]);
}

async function ringAll(): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await runDurableObjectAlarm(partitionStub(env, partition));
  }
}

beforeEach(wipe);

describe.each([
  ["evicted", evictAllDurableObjects],
  ["aborted", abortAllDurableObjects],
])("objects that are %s", (_how, end) => {
  test("go on from what was acknowledged: no counter falls, and none counts twice", async () => {
    const ids = ["1", "2", "3", "4", "5", "6"];
    let before = 0;
    for (let round = 0; round < 5; round += 1) {
      for (const id of ids) {
        expect((await push(pathOf(id), taskManager(id, 10 * round))).status).toBe(200);
        if (id === "3") await end();
      }
      const shown = recordsIn(await scrape()) ?? Number.NaN;
      expect(shown).toBe(60 * round);
      expect(shown).toBeGreaterThanOrEqual(before);
      before = shown;
      await end();
      expect(recordsIn(await scrape())).toBe(shown);
    }
  });

  test("know which type a family has, though another partition has it", async () => {
    await push("/metrics/job/a", "# TYPE x counter\nx 1\n");
    await end();
    for (const job of ["b", "c", "d", "e", "f"]) {
      const { status, text } = await push(`/metrics/job/${job}`, "# TYPE x gauge\nx 1\n");
      expect([status, text]).toEqual([400, expect.stringContaining("x")]);
    }
    await end();
    await send({ method: "DELETE", path: "/metrics/job/a" });
    await end();
    expect((await push("/metrics/job/b", "# TYPE x gauge\nx 1\n")).status).toBe(200);
  });
});

describe("time", () => {
  const minute = 60_000;
  let at = 0;

  /** The clock of the tests is that of the objects. */
  function pass(ms: number): void {
    at += ms;
    vi.setSystemTime(at);
  }

  beforeEach(() => {
    at = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: at });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await abortAllDurableObjects();
  });

  test("takes a silent source out by an alarm, without a push or a scrape", async () => {
    await push(pathOf("1"), taskManager("1", 1));
    pass(4 * minute);
    await ringAll();
    expect(await scrape()).toContain('tm_id="tm1"');
    pass(1.1 * minute);
    await ringAll();
    expect(await scrape()).not.toContain('tm_id="tm1"');
    const partition = partitionOf(keyOf(pathOf("1")).canonical, PARTITIONS);
    expect(await partitionStub(env, partition).groups({ partition, partitions: PARTITIONS }, 0)).toEqual([]);
  });

  test("that the site was away is no time of silence", async () => {
    await push(pathOf("1"), taskManager("1", 1));
    pass(60 * minute);
    await abortAllDurableObjects();
    await ringAll();
    expect(await scrape()).toContain('tm_id="tm1"');
  });
});

test("a scrape of one partition shows what that one holds", async () => {
  for (const job of ["a", "b", "c", "d", "e", "f", "g", "h"])
    await push(`/metrics/job/${job}`, `of_${job} 1\n`);
  const whole = (await scrape()).split("\n").filter((line) => line.startsWith("of_"));
  const parts = await Promise.all([0, 1, 2, 3].map((k) => scrape(`?partition=${k}`)));
  const found = parts.map((part) => part.split("\n").filter((line) => line.startsWith("of_")));
  expect(found.flat().toSorted()).toEqual(whole);
  expect(found.filter((lines) => lines.length > 0).length).toBeGreaterThan(1);
  const { status, text } = await send({ method: "GET", path: "/metrics?partition=4" });
  expect([status, text]).toEqual([400, "there is no partition 4: this relay has 0 to 3\n"]);
});

test("a Worker with another number of partitions is refused, and nothing is lost", async () => {
  await push("/metrics/job/a", "x 1\n");
  const other = { SLUICE_PARTITIONS: "8" };
  const pushed = await send({ method: "PUT", path: "/metrics/job/a", body: "x 2\n" }, other);
  expect([pushed.status, pushed.text]).toEqual([503, expect.stringContaining("SLUICE_PARTITIONS")]);
  const scraped = await send({ method: "GET", path: "/metrics" }, other);
  expect([scraped.status, scraped.text]).toEqual([
    503,
    "this site was created with 4 partitions, and SLUICE_PARTITIONS says 8: set it back, or deploy a new site under another name\n",
  ]);
  expect(await scrape()).toContain('x{instance="",job="a"} 1\n');
});

test("a partition that does not answer in time fails the scrape, which says which bound it was", async () => {
  await push("/metrics/job/a", "x 1\n");
  const { PARTITIONS: partitions } = env;
  const silent = {
    getByName: (name: string) =>
      name === "partition 2" ? { view: () => new Promise(() => {}) } : partitions.getByName(name),
  };
  const { status, text } = await send(
    { method: "GET", path: "/metrics", headers: { "X-Prometheus-Scrape-Timeout-Seconds": "1" } },
    { PARTITIONS: silent as unknown as string },
  );
  expect([status, text]).toEqual([
    503,
    expect.stringMatching(/not all partitions have answered|was not ready/),
  ]);
});
