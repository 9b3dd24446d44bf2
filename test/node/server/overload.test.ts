import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { flinkBody, taskSample } from "../../support/flink-body.ts";
import { temporaryFolder } from "../storage/temporary-folder.ts";
import { startChildRelay } from "./child-relay.ts";
import { type Answer, sampleOf, send } from "./running-relay.ts";

/** What the relay has room for at a time, and ten times as many who push as fast as they can. */
const ROOM = 4;
const CLIENTS = 10 * ROOM;
const SERIES = 500;
const FAMILIES = 20;
/** What a piece of memory for a body may have more than the body. */
const LARGEST_PIECE = 1.25;
const CALM_MS = 2_000;
const LOAD_MS = 5_000;
const PROBE_EVERY_MS = 1_000;

/** One TaskManager: what it has pushed, and what of it was acknowledged. */
interface Pusher {
  readonly path: string;
  readonly tm: string;
  readonly agent: Agent;
  readonly filler: string;
  sent: number;
  acknowledged: number;
}

function createPusher(_: unknown, i: number): Pusher {
  const tm = `tm${i}`;
  const samples = Array.from({ length: SERIES }, (__, n) =>
    taskSample(`metric_${n % FAMILIES}`, { tm, subtask: Math.floor(n / FAMILIES) }, n),
  );
  return {
    path: `/metrics/job/flink${i.toString(16).padStart(32, "0")}`,
    tm,
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    filler: flinkBody(...samples),
    sent: 0,
    acknowledged: 0,
  };
}

/** What came of all pushes of a time. */
interface Tally {
  readonly refused: Answer[];
  /** Of those that were taken. */
  readonly milliseconds: number[];
}

async function pushFor(port: number, pushers: readonly Pusher[], ms: number): Promise<Tally> {
  const untilMs = performance.now() + ms;
  const tally: Tally = { refused: [], milliseconds: [] };
  async function pushOn(pusher: Pusher): Promise<void> {
    do {
      pusher.sent += 1;
      const { path, agent, filler, tm, sent } = pusher;
      const body = flinkBody(taskSample("numRecordsIn", { tm }, sent)) + filler;
      const startMs = performance.now();
      const answer = await send(port, "PUT", path, { agent, body });
      if (answer.status === 200) {
        pusher.acknowledged = sent;
        tally.milliseconds.push(performance.now() - startMs);
      } else {
        tally.refused.push(answer);
      }
    } while (performance.now() < untilMs);
  }
  await Promise.all(pushers.map(pushOn));
  return tally;
}

/** Asks for all that must be answered while pushes are refused, again and again. */
async function probeUntil(port: number, isOver: () => boolean): Promise<Map<string, Set<number>>> {
  const statuses = new Map<string, Set<number>>();
  while (!isOver()) {
    for (const [method, target] of [
      ["GET", "/-/healthy"],
      ["GET", "/-/ready"],
      ["GET", "/metrics"],
      ["GET", "/metrics?view=raw"],
      ["DELETE", "/metrics/job/nobody"],
    ] as const) {
      const { status } = await send(port, method, target);
      const name = `${method} ${target}`;
      statuses.set(name, (statuses.get(name) ?? new Set()).add(status));
    }
    await sleep(PROBE_EVERY_MS);
  }
  return statuses;
}

/** `rate … p50 … p99 … max`, for whoever reads the log of the tests. */
function figuresOf({ milliseconds, refused }: Tally, ms: number): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0)} ms`;
  const perSecond = (count: number): number => Math.round((count * 1000) / ms);
  return `${perSecond(sorted.length)}/s taken, ${perSecond(refused.length)}/s refused, p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
}

test("ten times the load that there is room for costs nobody who was taken, and no probe, scrape or DELETE", async () => {
  using folder = temporaryFolder();
  const pushers = Array.from({ length: CLIENTS }, createPusher);
  const roomBytes = Math.ceil(ROOM * LARGEST_PIECE * (pushers[0]?.filler.length ?? 0));
  await using relay = await startChildRelay(
    `--storage.path=${folder.path}`,
    "--threads=1",
    `--limit.body-bytes=${roomBytes}`,
    `--limit.inflight-bytes=${roomBytes}`,
    `--limit.waiting-bytes=${roomBytes}`,
  );
  const { port } = relay;
  // The first body of each is parsed whole, which is another load.
  for (const pusher of pushers) await pushFor(port, [pusher], 0);
  // So is the first scrape of a view.
  for (const view of ["merged", "raw"]) await send(port, "GET", `/metrics?view=${view}`);
  let isOver = false;
  const probing = probeUntil(port, () => isOver);
  const calm = await pushFor(port, pushers.slice(0, ROOM), CALM_MS);
  console.info(`as many as there is room for: ${figuresOf(calm, CALM_MS)}`);

  const load = await pushFor(port, pushers, LOAD_MS);
  isOver = true;
  console.info(`ten times as many:            ${figuresOf(load, LOAD_MS)}`);

  const endMs = performance.now();
  const refusedNow = async (): Promise<number> =>
    (await pushFor(port, pushers.slice(0, 1), 0)).refused.length;
  await expect.poll(refusedNow, { timeout: 30_000 }).toBe(0);
  console.info(`taken again ${Math.round(performance.now() - endMs)} ms after the load's end`);

  for (const [target, statuses] of await probing) {
    expect([target, ...statuses]).toEqual([target, target.startsWith("DELETE") ? 202 : 200]);
  }
  expect(load.milliseconds.length).toBeGreaterThan(0);
  expect(load.refused.length).toBeGreaterThan(0);
  for (const { status, headers, text } of load.refused) {
    expect([status, headers["retry-after"]]).toEqual([503, "5"]);
    expect(text).toMatch(
      /\(--limit\.(?:inflight-bytes|waiting-bytes|waiting-time)\): the next push will bring the same totals\n$/,
    );
  }
  const view = (await send(port, "GET", "/metrics?view=raw")).text;
  for (const { tm, sent, acknowledged } of pushers) {
    const line = view
      .split("\n")
      .find(
        (each) =>
          each.startsWith("flink_taskmanager_job_task_numRecordsIn{") && each.includes(`tm_id="${tm}"`),
      );
    // What was refused is not there.
    const shown = line === undefined ? 0 : Number(line.slice(line.lastIndexOf(" ") + 1));
    expect([tm, shown]).toEqual([tm, acknowledged]);
    expect(shown).toBeLessThanOrEqual(sent);
  }
  expect(sampleOf(view, "sluice_inflight_body_bytes")).toBe(0);
  const counted = sampleOf(view, 'sluice_refused_pushes_total{job="flink",reason="overloaded"}') ?? 0;
  expect(counted).toBeGreaterThanOrEqual(load.refused.length);
  for (const { agent } of pushers) agent.destroy();
}, 120_000);
