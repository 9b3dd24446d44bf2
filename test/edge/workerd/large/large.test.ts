import { env, evictAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { Buffer } from "node:buffer";
import { beforeEach, describe, expect, test } from "vitest";
import { partitionOf } from "../../../../src/core/partition-of.ts";
import { partitionStub } from "../../../../src/edge/env.ts";
import type { ObjectStorage } from "../../../../src/edge/object-state.ts";
import { serveRequest } from "../../../../src/edge/serve.ts";
import { keyOf } from "../keys.ts";
import { push, scrape, send, wipe } from "../send.ts";

const PARTITIONS = 4;
/** What a plain answer of an object may have, and what a row of SQLite may. */
const CALL_BYTES = 32 * 2 ** 20;
const ROW_BYTES = 2_000_000;

beforeEach(wipe);

/** Paths of so many groups that this partition holds. */
function pathsOf(partition: number, count: number): string[] {
  const paths: string[] = [];
  for (let i = 0; paths.length < count; i += 1) {
    const path = `/metrics/job/flink${String(i).padStart(32, "0")}`;
    if (partitionOf(keyOf(path).canonical, PARTITIONS) === partition) paths.push(path);
  }
  return paths;
}

/** As a TaskManager pushes it: many metrics of each of its tasks, whose labels are long. */
function taskManager(id: string, tasks: number, metrics: number, value: number): string {
  const labels = Array.from(
    { length: tasks },
    (_, task) => `{host="h",job_id="j",job_name="n",task_name="${"t".repeat(400)}${task}",tm_id="${id}",}`,
  );
  const lines = [`flink_taskmanager_Status_JVM_CPU_Load{host="h",tm_id="${id}",} 0.5`];
  for (let metric = 0; metric < metrics; metric += 1) {
    const name = `flink_taskmanager_job_task_own_${String(metric).padStart(4, "0")}`;
    lines.push(`# TYPE ${name} gauge`);
    for (const each of labels) lines.push(`${name}${each} ${value}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Of a batch job, with labels that no other series has. */
function batchJob(series: number): string {
  return Array.from({ length: series }, (_, i) => `rows{of="${"r".repeat(300)}${i}"} ${i}\n`).join("");
}

describe("what is larger than a call may carry", { timeout: 240_000 }, () => {
  test("a view of one partition streams", async () => {
    for (const [i, path] of pathsOf(0, 3).entries()) {
      expect(await push(path, taskManager(`tm${i}`, 100, 270, i))).toMatchObject({ status: 200 });
    }
    const view = await scrape("?view=raw&partition=0");
    expect(view.length).toBeGreaterThan(CALL_BYTES);
    const lines = view.split("\n").filter((line) => line.startsWith("flink_taskmanager_job_task_own_"));
    expect(lines).toHaveLength(3 * 100 * 270);
    for (const i of [0, 1, 2]) expect(lines.filter((line) => line.endsWith(` ${i}`))).toHaveLength(100 * 270);
    // Families are whole, and in order.
    const families = [...view.matchAll(/^# TYPE (flink_taskmanager_job_task_own_\d+) /gm)].map(
      ([, name]) => name,
    );
    expect(families.join("\n")).toBe(
      families
        .map(String)
        .toSorted((a, b) => (a < b ? -1 : 1))
        .join("\n"),
    );
    expect(families).toHaveLength(270);
  });

  test.each([
    ["of a length that is said", false],
    ["of a length that is not", true],
  ])("a push %s gets 413", async (_how, chunked) => {
    const body = Buffer.alloc(CALL_BYTES + 2 ** 20, "#").toString("base64");
    const answer = await send({ method: "PUT", path: "/metrics/job/a", body_b64: body, chunked });
    expect([answer.status, answer.text]).toEqual([
      413,
      "the body is larger than 16777216 bytes: raise SLUICE_LIMIT_BODY_BYTES or push less in one group\n",
    ]);
    expect(await push("/metrics/job/a", "x 1\n")).toMatchObject({ status: 200 });
  });
});

test(
  "a record that is larger than a row may be is stored in pieces, and read again when the object comes back",
  { timeout: 240_000 },
  async () => {
    const [path = ""] = pathsOf(1, 1);
    expect(await push(path, batchJob(10_000))).toMatchObject({ status: 200 });
    const shown = /^rows\{.*$/gm;
    const before = (await scrape("?partition=1")).match(shown);
    expect(before).toHaveLength(10_000);
    const stored = await runInDurableObject(
      partitionStub(env, 1),
      (_object, { storage }: { readonly storage: ObjectStorage }) =>
        storage.sql
          .exec("SELECT length(bytes) AS bytes FROM log UNION ALL SELECT length(bytes) FROM images")
          .toArray()
          .map((row) => Number(row["bytes"])),
    );
    expect(Math.max(...stored)).toBeLessThan(ROW_BYTES);
    expect(stored.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(ROW_BYTES);
    await evictAllDurableObjects();
    expect((await scrape("?partition=1")).match(shown)).toEqual(before);
  },
);

test(
  "a view whose merged part is too much for one isolate gets 503, and its partitions one by one are shown",
  { timeout: 240_000 },
  async () => {
    for (const partition of [0, 1, 2, 3]) {
      const [path = ""] = pathsOf(partition, 1);
      expect(await push(path, batchJob(9_000))).toMatchObject({ status: 200 });
    }
    const { status, text } = await send({ method: "GET", path: "/metrics" });
    expect([status, text]).toEqual([
      503,
      "the view has more than 16 MiB of merged series and kept groups, too much for one isolate: ask for less by name[], match[] or job, or scrape partitions by themselves (?partition=0)\n",
    ]);
    for (const partition of [0, 1, 2, 3]) {
      expect((await scrape(`?partition=${partition}`)).match(/^rows\{/gm)).toHaveLength(9_000);
    }
  },
);

test(
  "a scraper that goes away in the middle of a view leaves the site as it was",
  { timeout: 240_000 },
  async () => {
    const [path = ""] = pathsOf(0, 1);
    await push(path, taskManager("tm", 100, 200, 1));
    const request = new Request("http://site/metrics?view=raw");
    const response = await serveRequest(request, env);
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    await reader?.cancel();
    expect(await push(path, taskManager("tm", 100, 200, 2))).toMatchObject({ status: 200 });
    expect((await scrape("?view=raw")).match(/^flink_taskmanager_job_task_own_.* 2$/gm)).toHaveLength(20_000);
  },
);
