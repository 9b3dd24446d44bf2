import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { firstFreePort } from "../../../src/node/cli/free-port.ts";
import { send } from "../../node/server/running-relay.ts";
import { bundleSite, WORKERD } from "../../support/bundled-site.ts";

/** Of 128 MB that an isolate has, what remains beside bodies and other memory that is not V8's. All objects of the site share it. */
const HEAP_MB = 112;
const PARTITIONS = 16;

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-heap-"));
  config = await bundleSite(folder, { SLUICE_OPEN: "true", SLUICE_PARTITIONS: String(PARTITIONS) }, [
    `--max-heap-size=${HEAP_MB}`,
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface SmallSite extends AsyncDisposable {
  readonly port: number;
  /** What ended it, or undefined. */
  ended(): string | undefined;
}

async function startSmallSite(): Promise<SmallSite> {
  const port = await firstFreePort("127.0.0.1", 19_200 + (process.pid % 500));
  const child = spawn(WORKERD, ["serve", config, `--socket-addr=http=127.0.0.1:${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2_000)));
  const exited = once(child, "exit");
  const isUp = async (): Promise<number> => (await send(port, "GET", "/-/ready")).status;
  await expect.poll(() => isUp().catch(() => 0), { timeout: 60_000 }).toBe(200);
  return {
    port,
    ended: () => (child.exitCode === null && child.signalCode === null ? undefined : said),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** As a TaskManager pushes it: 16 metrics for each of 96 subtasks, whose labels are long. */
function taskManager(id: number, value: number): string {
  const lines = [`flink_taskmanager_Status_JVM_CPU_Load{host="h",tm_id="tm${id}",} 0.5`];
  for (let metric = 0; metric < 16; metric += 1) {
    const name = `flink_taskmanager_job_task_${metric === 0 ? "numRecordsIn" : `own${metric}`}`;
    lines.push(`# TYPE ${name} gauge`);
    for (let subtask = 0; subtask < 96; subtask += 1) {
      const labels = `job_id="j",task_id="${"i".repeat(32)}",task_attempt_id="${id}_${subtask}${"a".repeat(26)}",host="h",task_name="${"t".repeat(120)}",task_attempt_num="0",job_name="shop",tm_id="tm${id}",subtask_index="${id * 96 + subtask}",`;
      lines.push(`${name}{${labels}} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Kept as a Pushgateway would: 2,000 series with labels that no other has, which every scrape shows. */
function batchJob(id: number, value: number): string {
  const lines = Array.from({ length: 2_000 }, (_, i) => `rows{of="${id}_${i}_${"r".repeat(500)}"} ${value}`);
  return `${lines.join("\n")}\n`;
}

test.each([
  ["a fleet", (id: number) => `/metrics/job/flink${String(id).padStart(32, "0")}`, taskManager],
  ["batch jobs", (id: number) => `/metrics/job/batch/instance/${id}`, batchJob],
])(
  "a site that is pushed more than an isolate can hold refuses it, and lives: %s",
  async (what, pathOf, bodyOf) => {
    await using site = await startSmallSite();
    await send(site.port, "PUT", "/api/v1/admin/wipe");
    async function push(id: number, value: number): Promise<number> {
      const { status, text } = await send(site.port, "PUT", pathOf(id), { body: bodyOf(id, value) });
      if (status !== 200)
        expect([status, text]).toEqual([503, expect.stringContaining("SLUICE_LIMIT_HELD_BYTES")]);
      return status;
    }
    let taken = 0;
    while ((await push(taken, 0)) === 200) taken += 1;
    expect(taken).toBeGreaterThan(10);
    for (const value of [10, 20]) {
      for (let id = 0; id < taken; id += 1) expect([id, await push(id, value)]).toEqual([id, 200]);
      expect(await push(taken, value)).toBe(503);
      for (const query of ["?view=merged", "?view=raw"]) {
        const { status, text } = await send(site.port, "GET", `/metrics${query}`);
        expect([site.ended(), status]).toEqual([undefined, expect.toBeOneOf([200, 503])]);
        if (status === 503) expect(text).toContain("scrape partitions by themselves");
      }
      let shown = 0;
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const { status, text } = await send(site.port, "GET", `/metrics?view=raw&partition=${partition}`);
        expect([site.ended(), status]).toEqual([undefined, 200]);
        shown +=
          text.match(new RegExp(`^(rows|flink_taskmanager_job_task_\\w+)\\{.* ${value}$`, "gm"))?.length ?? 0;
      }
      expect([what, shown]).toEqual([what, taken * (what === "a fleet" ? 16 * 96 : 2_000)]);
    }
  },
);
