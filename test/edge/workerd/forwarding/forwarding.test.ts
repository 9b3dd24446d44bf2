import { env, evictAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { registryStub } from "../../../../src/edge/env.ts";
import { flinkBody, taskSample } from "../../../support/flink-body.ts";
import type { InMemoryRelay } from "../../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../../support/in-memory-relay.ts";
import { samplesOf, valuesOf } from "../../../support/view-text.ts";
import { push, scrape, send, wipe } from "../send.ts";

const RECORDS = "flink_taskmanager_job_task_numRecordsIn";
const SECOND = 1_000;

/** A relay in the centre that is no site, and what it was asked. */
interface Centre {
  readonly relay: InMemoryRelay;
  readonly requests: { readonly method: string; readonly url: string; readonly headers: Headers }[];
  status: number;
  /** What it says of itself and those behind it. */
  relays: string | undefined;
}

let centre: Centre;
let nowMs = Date.now();

/** The clock of the tests is that of the objects. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  vi.setSystemTime(nowMs);
  centre.relay.advance(ms);
  await runDurableObjectAlarm(registryStub(env));
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: nowMs });
  const relay = createInMemoryRelay();
  // The two have one clock.
  relay.jump(nowMs - 1_700_000_000_000 - 3_600 * SECOND);
  relay.advance(3_600 * SECOND);
  centre = { relay, requests: [], status: 200, relays: undefined };
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => await answer(centre, url, init));
  await wipe();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function answer(to: Centre, url: string, { method = "GET", headers, body }: RequestInit) {
  to.requests.push({ method, url, headers: new Headers(headers) });
  if (to.status !== 200) return new Response("why\n", { status: to.status });
  const path = new URL(url).pathname.replace("/below/metrics", "");
  if (method === "DELETE") to.relay.delete(path);
  else {
    const bytes = gunzipSync(new Uint8Array(await new Response(body ?? null).arrayBuffer()));
    const refusal = to.relay.push(path, bytes, { format: "protobuf" });
    if (refusal !== undefined) return new Response(refusal.message, { status: 400 });
  }
  return new Response(null, { headers: to.relays === undefined ? {} : { "Sluice-Relays": to.relays } });
}

/** Groups of several partitions. */
async function pushRecords(value: number): Promise<void> {
  for (const subtask of [0, 1, 2, 3, 4, 5]) {
    const tm = `tm${subtask}`;
    const body = flinkBody(taskSample("numRecordsIn", { tm, subtask }, value));
    expect((await push(`/metrics/job/flink/tm/${tm}`, body)).status).toBe(200);
  }
}

function shown(family: string): string[] {
  return samplesOf(centre.relay.view("merged"), family);
}

function total(): number {
  return valuesOf(centre.relay.view("merged"), RECORDS).reduce((sum, value) => sum + value, 0);
}

test("every ten seconds the merged view of all partitions goes to the centre, through evictions", async () => {
  await pushRecords(0);
  await pushRecords(10);
  await push("/metrics/job/batch", "left 3\n");
  await pass(10 * SECOND);
  expect(total()).toBe(60);
  expect(shown("left")).toEqual(['left{instance="",job="batch",sluice_relay="edge-1"} 3']);
  expect(centre.requests.map(({ method, url }) => `${method} ${url}`).toSorted()).toEqual([
    "PUT https://centre.example/below/metrics/job/batch/sluice_relay/edge-1",
    "PUT https://centre.example/below/metrics/job/flink/sluice_relay/edge-1",
  ]);
  expect(centre.requests[0]?.headers.get("Authorization")).toBe("Bearer a-token-of-the-centre");

  await evictAllDurableObjects();
  await pushRecords(15);
  await pass(10 * SECOND);
  await pass(10 * SECOND);
  expect(total()).toBe(90);

  await send({ method: "DELETE", path: "/metrics/job/batch" });
  await pass(10 * SECOND);
  expect(shown("left")).toEqual([]);
});

test("not before it is time, and less often to a centre that is out; the view tells", async () => {
  await push("/metrics/job/batch", "left 3\n");
  await pass(10 * SECOND);
  const before = centre.requests.length;
  await pass(5 * SECOND);
  expect(centre.requests).toHaveLength(before);
  centre.status = 503;
  await pass(5 * SECOND);
  expect(centre.requests).toHaveLength(before + 1);
  expect(valuesOf(await scrape(), "sluice_forward_failures_total")).toEqual([1]);
  await pass(9 * SECOND);
  expect(centre.requests).toHaveLength(before + 1);
  centre.status = 200;
  await pass(11 * SECOND);
  expect(centre.requests.length).toBeGreaterThan(before + 1);
  expect(valuesOf(await scrape(), "sluice_forward_last_success_timestamp_seconds")).toEqual([nowMs / SECOND]);
});

test("a relay that the site's own numbers reach is taken nothing from", async () => {
  await push("/metrics/job/batch", "left 3\n");
  centre.relays = "centre,b";
  await pass(10 * SECOND);
  const path = "/metrics/job/batch/sluice_relay/";
  const refused = await send({ method: "PUT", path: `${path}b`, body: "left 4\n" });
  expect([refused.status, refused.text]).toEqual([
    508,
    "what this relay (edge-1) forwards reaches b, so its counters would go round: unset --forward.url of one of them\n",
  ]);
  const taken = await send({ method: "PUT", path: `${path}c`, body: "left 4\n" });
  expect([taken.status, taken.headers.get("sluice-relays")]).toEqual([200, "edge-1,centre,b"]);
});
