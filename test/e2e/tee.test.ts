import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { startPushgateway } from "../differential/running-pushgateway.ts";
import { flinkBody, processSample, taskSample } from "../support/flink-body.ts";
import { sampleOf, send, startRelay } from "../node/server/running-relay.ts";

/** What was pushed, as a scrape shows it: not what a gateway says of itself, and not when it was pushed. */
function pushedLines(view: string): string[] {
  return view
    .split("\n")
    .filter((line) => /^(?:# \w+ )?(?:flink|backup)_/.test(line))
    .toSorted();
}

function pathOf(tm: number): string {
  return `/metrics/job/flink${String(tm).padStart(32, "0")}/cluster/ci`;
}

test("a Pushgateway beside the relay comes to show what the relay's raw view shows", async () => {
  await using pushgateway = await startPushgateway();
  await using relay = await startRelay({ teeUrl: `http://127.0.0.1:${pushgateway.port}` });
  for (let push = 0; push < 20; push++) {
    for (let tm = 0; tm < 8; tm++) {
      const labels = { tm: `tm${tm}`, subtask: tm };
      const body = flinkBody(
        taskSample("numRecordsIn", labels, push * 10),
        processSample("Status_JVM_CPU_Load", `tm${tm}`, push),
      );
      expect((await relay.push(pathOf(tm), body)).status).toBe(200);
    }
  }
  const headers = { "Content-Encoding": "gzip" };
  const body = gzipSync("# HELP backup_bytes of it\n# TYPE backup_bytes gauge\nbackup_bytes 12\n");
  await relay.request("PUT", "/metrics/job/backup/path@base64/L3Zhcg", { body, headers });
  await relay.request("POST", "/metrics/job/backup/path@base64/L3Zhcg", {
    body: "# HELP backup_count of them\n# TYPE backup_count counter\nbackup_count 3\n",
  });
  await relay.request("DELETE", pathOf(7));

  await expect
    .poll(async () => sampleOf(await relay.view("merged"), "sluice_tee_held_bytes"), { timeout: 60_000 })
    .toBe(0);
  const ours = pushedLines(await relay.view("raw"));
  expect(ours.length).toBeGreaterThan(20);
  expect(pushedLines((await send(pushgateway.port, "GET", "/metrics")).text)).toEqual(ours);
  const view = await relay.view("merged");
  for (const outcome of ["refused", "failed", "dropped"]) {
    expect([outcome, sampleOf(view, `sluice_tee_copies_total{outcome="${outcome}"}`)]).toEqual([outcome, 0]);
  }
});
