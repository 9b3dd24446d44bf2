import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Config } from "../../../src/node/config/config.ts";
import { flinkBody, processSample, taskSample } from "../../support/flink-body.ts";
import { samplesOf, valuesOf } from "../../support/view-text.ts";
import { listenAnywhere } from "../replay/listen-anywhere.ts";
import { startRecordingRelay } from "../replay/recording-relay.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";
import { type RunningRelay, sampleOf, startRelay } from "./running-relay.ts";

const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
const SOON = { timeout: 20_000 };
/** Where something has failed, which is tried less often. */
const LATER = { timeout: 90_000 };

/** A relay that forwards every second to the one on that port. */
function startEdge(to: number, forwardId: string, more: Partial<Config> = {}): Promise<RunningRelay> {
  const forwardUrl = `http://127.0.0.1:${to}`;
  return startRelay({ forwardUrl, forwardIntervalMs: 1_000, forwardId, ...more });
}

/** A port that was free a moment ago. */
async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listenAnywhere(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** A task that was there before its counter, so that the relay counts it whole. */
async function pushRecords(relay: RunningRelay, tm: string, value: number): Promise<void> {
  const body = flinkBody(taskSample("numRecordsIn", { tm, task: tm }, value));
  expect((await relay.push(`/metrics/job/fleet/tm/${tm}`, body)).status).toBe(200);
}

function loads(view: string): string[] {
  return samplesOf(view, "flink_taskmanager_Status_JVM_CPU_Load");
}

/** Where a relay listens. */
function on(port: number): Pick<Config, "listenAddresses"> {
  return { listenAddresses: [{ host: "127.0.0.1", port }] };
}

async function records(relay: RunningRelay): Promise<number> {
  return valuesOf(await relay.view("merged"), RECORDS).reduce((sum, value) => sum + value, 0);
}

test("two relays forward their halves of a fleet: the third shows the sum, over restarts of all of them", async () => {
  using folder = temporaryFolder();
  using ofCentre = temporaryFolder();
  let centre = await startRelay({ storageFolder: ofCentre.path });
  const { port } = centre;
  const storage = { storageFolder: folder.path, forwardId: "" };
  let a = await startEdge(port, "", storage);
  await using b = await startEdge(port, "b");
  for (const [relay, tm] of [
    [a, "tm1"],
    [b, "tm2"],
  ] as const) {
    await pushRecords(relay, tm, 0);
    await pushRecords(relay, tm, 10);
  }
  await expect.poll(() => records(centre), SOON).toBe(20);
  const gauge = flinkBody(processSample("Status_JVM_CPU_Load", "tm1", 0.5));
  await a.push("/metrics/job/fleet/tm/tm3", gauge);

  // What comes between the last forward and the end is not lost: a relay that stops forwards once more.
  await pushRecords(a, "tm1", 11);
  await a.stop();
  expect(await records(centre)).toBe(21);
  const before = loads(await centre.view("merged"));
  expect(before).toEqual([expect.stringMatching(/sluice_relay="[\w.-]+-[0-9a-f]{8}"/)]);

  await centre.stop();
  centre = await startRelay({ storageFolder: ofCentre.path, listenAddresses: [{ host: "127.0.0.1", port }] });
  a = await startEdge(port, "", storage);
  expect(await records(centre)).toBe(21);
  await pushRecords(a, "tm1", 15);
  await pushRecords(b, "tm2", 12);
  await expect.poll(() => records(centre), SOON).toBe(27);
  // Under the name that it had.
  expect(loads(await centre.view("merged"))).toEqual(before);
  await a.stop();
  await centre.stop();
});

test("a forward is a PUT of protobuf for each job, without what the relay tells of itself", async () => {
  await using other = await startRecordingRelay(200, "");
  const url = new URL("/below/", other.url);
  url.username = "eu";
  url.password = "s%20cret";
  await using relay = await startEdge(0, "eu-1", { forwardUrl: url.href });
  await relay.push("/metrics/job/batch/instance/i", "x 1\n");
  await relay.push("/metrics/job@base64/L2E", "y 2\n");
  const targets = (): Set<string | undefined> => new Set(other.received.map(({ target }) => target));
  await expect
    .poll(targets, SOON)
    .toEqual(
      new Set([
        "/below/metrics/job/batch/sluice_relay/eu-1",
        "/below/metrics/job@base64/L2E/sluice_relay/eu-1",
      ]),
    );
  expect(other.received[0]).toMatchObject({
    method: "PUT",
    headers: {
      authorization: `Basic ${Buffer.from("eu:s cret").toString("base64")}`,
      "content-type":
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
      "content-encoding": "gzip",
    },
  });
});

test("a token out of a file goes as a bearer, as the file has it now", async () => {
  using folder = temporaryFolder();
  const forwardTokenFile = join(folder.path, "token");
  writeFileSync(forwardTokenFile, "first\n");
  await using other = await startRecordingRelay(200, "");
  await using relay = await startEdge(0, "a", { forwardUrl: other.url.href, forwardTokenFile });
  await relay.push("/metrics/job/batch", "x 1\n");
  const last = (): string | undefined => other.received.at(-1)?.headers.authorization;
  await expect.poll(last, SOON).toBe("Bearer first");
  writeFileSync(forwardTokenFile, "second\n");
  await expect.poll(last, SOON).toBe("Bearer second");
});

test("a job that is deleted leaves the receiver with the next forward", async () => {
  await using centre = await startRelay();
  await using a = await startEdge(centre.port, "a");
  await a.push("/metrics/job/batch", "x 1\n");
  await a.push("/metrics/job/other", "x 2\n");
  const shown = async (): Promise<Set<number>> => new Set(valuesOf(await centre.view("merged"), "x"));
  await expect.poll(shown, SOON).toEqual(new Set([1, 2]));
  await a.request("DELETE", "/metrics/job/batch");
  await expect.poll(shown, SOON).toEqual(new Set([2]));
});

test("what begins to fail is logged once, and once when it works again; nothing of it is lost", async () => {
  const port = await unusedPort();
  await using a = await startEdge(port, "a");
  const told = (level: string): string[] =>
    a.log.filter((line) => line.includes("forwarded") && line.includes(`"level":"${level}"`));
  await a.push("/metrics/job/batch", "x 1\n");
  const failures = async (): Promise<number | undefined> =>
    sampleOf(await a.view("merged"), "sluice_forward_failures_total");
  await expect.poll(failures, SOON).toBeGreaterThanOrEqual(2);
  expect(told("warn")).toEqual([expect.stringContaining("ECONNREFUSED")]);
  expect(sampleOf(await a.view("merged"), "sluice_forward_last_success_timestamp_seconds")).toBe(0);

  await using centre = await startRelay(on(port));
  await expect.poll(async () => valuesOf(await centre.view("merged"), "x"), LATER).toEqual([1]);
  await expect.poll(() => told("info"), SOON).toHaveLength(2);
  expect(told("warn")).toHaveLength(1);
  const view = await a.view("merged");
  expect(sampleOf(view, 'sluice_forward_groups_total{outcome="sent"}')).toBeGreaterThanOrEqual(1);
  expect(sampleOf(view, "sluice_forward_bytes_total")).toBeGreaterThan(0);
  const seconds = Date.now() / 1000;
  expect(sampleOf(view, "sluice_forward_last_success_timestamp_seconds")).toBeGreaterThan(seconds - 60);
});

test("a group that the receiver refuses holds back no other", async () => {
  await using centre = await startRelay({ maxSeriesPerPush: 2 });
  await using a = await startEdge(centre.port, "a");
  await a.push("/metrics/job/large", 'x{i="1"} 1\nx{i="2"} 2\nx{i="3"} 3\n');
  await a.push("/metrics/job/small", "x 4\n");
  await expect.poll(async () => valuesOf(await centre.view("merged"), "x"), SOON).toEqual([4]);
  const refused = 'sluice_forward_groups_total{outcome="refused"}';
  await expect.poll(async () => sampleOf(await a.view("merged"), refused), SOON).toBeGreaterThan(0);
  const line = a.log.find((each) => each.includes('"level":"warn"'));
  expect(line).toContain(
    "/metrics/job/large/sluice_relay/a was answered 413: the push has more than 2 series",
  );
});

test("a relay that forwards to itself refuses that", async () => {
  const port = await unusedPort();
  await using a = await startEdge(port, "a", on(port));
  await a.push("/metrics/job/batch", "x 1\n");
  await expect
    .poll(() => a.log.find((line) => line.includes('"level":"warn"')), SOON)
    .toContain("was answered 508: this relay is a itself: let --forward.url name another");
  expect(valuesOf(await a.view("merged"), "x")).toEqual([1]);
});

test("of two relays that forward to each other the second is refused, and no counter goes round", async () => {
  const [port, otherPort] = [await unusedPort(), await unusedPort()];
  await using a = await startEdge(otherPort, "a", on(port));
  await using b = await startEdge(port, "b", { ...on(otherPort), forwardIntervalMs: 5_000 });
  for (const value of [0, 10]) {
    await pushRecords(a, "tm1", value);
    await pushRecords(b, "tm2", value / 2);
  }
  const failures = async (): Promise<number> =>
    sampleOf(await b.view("merged"), "sluice_forward_failures_total") ?? 0;
  const sent = async (): Promise<number> =>
    sampleOf(await a.view("merged"), 'sluice_forward_groups_total{outcome="sent"}') ?? 0;
  await expect.poll(failures, SOON).toBe(1);
  expect(b.log.find((line) => line.includes('"level":"warn"'))).toContain(
    "was answered 508: what this relay (a) forwards reaches b, so its counters would go round",
  );
  const before = await sent();
  await expect.poll(failures, LATER).toBeGreaterThanOrEqual(2);
  await expect.poll(sent, SOON).toBeGreaterThanOrEqual(before + 2);
  expect([await records(a), await records(b)]).toEqual([10, 15]);
});

test("a chain: what a relay was forwarded it forwards", async () => {
  await using centre = await startRelay();
  await using b = await startEdge(centre.port, "b");
  await using a = await startEdge(b.port, "a");
  await a.push("/metrics/job/batch", "left 3\n");
  await expect
    .poll(async () => samplesOf(await centre.view("merged"), "left"), SOON)
    .toEqual(['left{instance="",job="batch",sluice_relay="b/a"} 3']);
});
