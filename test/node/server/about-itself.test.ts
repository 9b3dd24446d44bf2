import { expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { sampleOf, startRelay } from "./running-relay.ts";

const JOB = `/metrics/job/wordcount${"0".repeat(32)}`;
const NAME = "flink_taskmanager_job_task_numRecordsIn";

test("a push that was refused is counted, and whoever asks about its job is told the error", async () => {
  await using relay = await startRelay({ threads: 2 });
  await relay.push(JOB, flinkBody(taskSample("numRecordsIn", {}, 1)));
  const refused = await relay.push(JOB, "x{\n");
  expect(refused.status).toBe(400);
  expect((await relay.push("/metrics/job/other", "y{\n")).status).toBe(400);

  const view = await relay.view("merged");
  for (const job of ["wordcount", "other"]) {
    expect(sampleOf(view, `sluice_refused_pushes_total{job="${job}",reason="bad_exposition"}`)).toBe(1);
  }
  const { text } = await relay.request("GET", `/api/v1/explain?series=${NAME}`);
  expect(JSON.parse(text)).toMatchObject({
    data: [
      {
        refused: [{ job: "wordcount", counts: { bad_exposition: 1 }, lastError: refused.text.trimEnd() }],
      },
    ],
  });
});

test("a job that nothing tells of any more is still told of, with the time when it was", async () => {
  await using relay = await startRelay();
  const before = Math.floor(Date.now() / 1_000);
  await relay.push(JOB, flinkBody(taskSample("numRecordsIn", {}, 1)));
  await relay.push(JOB, flinkBody(taskSample("numRecordsIn", { job: "job2" }, 1)));
  await relay.request("DELETE", JOB);
  const view = await relay.view("merged");
  const seen = (id: string): number | undefined =>
    sampleOf(view, `sluice_flink_job_last_seen_seconds{job="wordcount",job_id="${id}",job_name="wordcount"}`);
  expect(seen("job1")).toBeGreaterThanOrEqual(before);
  expect(seen("job2")).toBeGreaterThanOrEqual(seen("job1") ?? Infinity);
  expect(sampleOf(view, "sluice_ready")).toBe(1);
});

test("pushes and scrapes are measured", async () => {
  await using relay = await startRelay();
  const body = "x 1\n";
  await relay.push("/metrics/job/a", body);
  await relay.push("/metrics/job/a", body);
  const raw = await relay.view("raw");
  const view = await relay.view("merged");
  expect(sampleOf(view, "sluice_push_size_bytes_sum")).toBe(2 * body.length);
  expect(sampleOf(view, "sluice_push_duration_seconds_count")).toBe(2);
  expect(sampleOf(view, "sluice_layout_hits_total")).toBe(1);
  expect(sampleOf(view, 'sluice_scrape_size_bytes_sum{view="raw"}')).toBe(raw.length);
  expect(sampleOf(view, 'sluice_scrape_duration_seconds_count{view="raw"}')).toBe(1);
});

test("each source tells when it pushed last, as long as they are few or the operator wants all", async () => {
  const series = `sluice_source_last_push_timestamp_seconds{job="wordcount",process="tm_id=tm1",source="{job=\\"wordcount${"0".repeat(32)}\\"}"}`;
  await using relay = await startRelay();
  const before = Date.now() / 1_000;
  await relay.push(JOB, flinkBody(taskSample("numRecordsIn", {}, 1)));
  expect(sampleOf(await relay.view("merged"), series)).toBeGreaterThanOrEqual(before - 1);
});
