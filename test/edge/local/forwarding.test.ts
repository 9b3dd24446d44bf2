import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { send, startRelay } from "../../node/server/running-relay.ts";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { valuesOf } from "../../support/view-text.ts";
import { startLocalSite } from "./local-site.ts";

const RECORDS = "flink_taskmanager_job_task_numRecordsIn";

test("a site forwards to a relay on Node, and goes on after it was killed", async () => {
  const state = await mkdtemp(join(tmpdir(), "sluice-edge-forward-"));
  await using centre = await startRelay();
  const variables = [`SLUICE_FORWARD_URL:http://127.0.0.1:${centre.port}`, "SLUICE_FORWARD_INTERVAL:1s"];
  const start = () => startLocalSite(state, undefined, variables);
  let site = await start();
  try {
    const push = async (value: number): Promise<void> => {
      const body = flinkBody(taskSample("numRecordsIn", {}, value));
      const { status, text } = await send(site.port, "PUT", "/metrics/job/fleet", { body });
      expect([status, text]).toEqual([200, ""]);
    };
    const received = async (): Promise<number[]> => valuesOf(await centre.view("merged"), RECORDS);
    await push(0);
    await push(10);
    await expect.poll(received, { timeout: 60_000 }).toEqual([10]);
    await site.kill();
    site = await start();
    await push(25);
    await expect.poll(received, { timeout: 120_000 }).toEqual([25]);
  } finally {
    await site.kill();
    await rm(state, { recursive: true, force: true });
  }
});
