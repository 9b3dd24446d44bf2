import { Agent } from "node:http";
import { expect, test } from "vitest";
import { mergedJob } from "../../src/core/rollup/flink/level.ts";
import { matchFlinkFamily } from "../../src/core/rollup/flink/match-flink-family.ts";
import { readCapture } from "../../src/node/replay/read-capture.ts";
import { series } from "../support/view-text.ts";
import { type RunningRelay, startRelay } from "./server/running-relay.ts";

const CAPTURE = new URL("../fixtures/captures/flink-2.3.0.jsonl.gz", import.meta.url).pathname;
const MINUTE = 60_000;
/** They have run for a month when they are pointed at the relay. */
const MONTH_MS = 30 * 24 * 60 * MINUTE;
const MOVED = 200;

/** A line of a body: a comment, or a sample up to its value. */
interface Line {
  readonly text: string;
  readonly value: string;
  /** The family, where the preset takes it for a counter that the TaskManagers of a job share. */
  readonly counter: string | undefined;
}

/** The fullest body of the recording, taken apart. */
async function readTemplate(): Promise<{ readonly path: string; readonly lines: readonly Line[] }> {
  let fullest = { path: "", lines: [] as string[] };
  for await (const line of readCapture(CAPTURE)) {
    if (line.kind !== "request" || line.method !== "PUT") continue;
    const lines = line.body.split("\n").filter((text) => text !== "");
    if (lines.length > fullest.lines.length) fullest = { path: line.path, lines };
  }
  return { path: fullest.path, lines: fullest.lines.map(takeApart) };
}

function takeApart(line: string): Line {
  if (line.startsWith("#")) return { text: line, value: "", counter: undefined };
  const at = line.lastIndexOf(" ") + 1;
  const text = line.slice(0, at);
  const name = text.slice(0, text.indexOf("{"));
  const isCounter = matchFlinkFamily(name, "gauge")?.kind === "counter" && text.includes('job_id="');
  return { text, value: line.slice(at), counter: isCounter ? name : undefined };
}

/** What one of a fleet of processes pushes. Its ids are its own; its tasks are those of the recording. */
interface TaskManager {
  readonly path: string;
  /** `counted` has been added to every counter since the relay first heard of it. */
  bodyAfter(counted: number): string;
  /** What each counter has when the relay first hears of it, by family. */
  readonly past: ReadonlyMap<string, number>;
}

function createTaskManager(
  { path, lines }: Awaited<ReturnType<typeof readTemplate>>,
  number: number,
): TaskManager {
  const id = number.toString(16).padStart(32, "0");
  const past = new Map<string, number>();
  const rows = lines.map(({ text, value, counter }, i) => {
    const own = text
      .replace(/tm_id="[^"]*"/, `tm_id="tm${number}"`)
      .replace(/host="[^"]*"/, `host="host${number}"`)
      .replace(/task_attempt_id="[0-9a-f]{32}/, `task_attempt_id="${id}`);
    if (counter === undefined)
      return { own: isAge(text) ? `${own}${MONTH_MS}` : own + value, start: undefined };
    const start = 1_000_000 + number * 1_000 + i;
    past.set(counter, (past.get(counter) ?? 0) + start);
    return { own, start };
  });
  return {
    path: path.replace(/[0-9a-f]{32}(?=\/)/, id),
    past,
    bodyAfter: (counted) =>
      rows.map(({ own, start }) => (start === undefined ? own : `${own}${start + counted}`)).join("\n") +
      "\n",
  };
}

/** What a task has done since it started, which tells how old it is. */
function isAge(text: string): boolean {
  return text.startsWith("flink_taskmanager_job_task_accumulateBusyTimeMs{");
}

async function pushAll(
  relay: RunningRelay,
  agent: Agent,
  fleet: readonly TaskManager[],
  counted: number,
): Promise<void> {
  const answers = await Promise.all(
    fleet.map((process) => relay.request("PUT", process.path, { agent, body: process.bodyAfter(counted) })),
  );
  expect(answers.filter(({ status }) => status !== 200).map(({ text }) => text)).toEqual([]);
}

/** The series of these families, without those of processes. */
async function countersOf(relay: RunningRelay, families: ReadonlySet<string>): Promise<Map<string, number>> {
  const all = series(await relay.view("merged"));
  return new Map([...all].filter(([id]) => families.has(id.slice(0, id.indexOf("{")))));
}

async function reported(relay: RunningRelay, job: string, reason: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const [id, value] of series(await relay.view("merged"))) {
    if (!id.startsWith("sluice_uncounted_increase_total{")) continue;
    if (!id.includes(`job="${job}"`) || !id.includes(`reason="${reason}"`)) continue;
    found.set(/family="([^"]*)"/.exec(id)?.[1] ?? "", value);
  }
  return found;
}

function byFamily(counters: ReadonlyMap<string, number>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [id, value] of counters) {
    const family = id.slice(0, id.indexOf("{"));
    sums.set(family, (sums.get(family) ?? 0) + value);
  }
  return sums;
}

test("two hundred old processes are pointed at a relay: no counter jumps, and from then on nothing is missed", async () => {
  const template = await readTemplate();
  let ms = 0;
  await using relay = await startRelay({ threads: 2 }, undefined, () => ms);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const first = createTaskManager(template, 1);
  const moved = Array.from({ length: MOVED }, (_, i) => createTaskManager(template, i + 2));
  const families = new Set(first.past.keys());
  const seriesOf = new Map<string, number>();
  for (const { counter } of template.lines) {
    if (counter !== undefined) seriesOf.set(counter, (seriesOf.get(counter) ?? 0) + 1);
  }
  expect(families.size).toBeGreaterThan(20);

  // One of the fleet has been there before the others, so that there is something that could jump.
  await pushAll(relay, agent, [first], 0);
  ms += 10_000;
  await pushAll(relay, agent, [first], 5);
  const before = await countersOf(relay, families);
  for (const [family, count] of seriesOf) expect(byFamily(before).get(family), family).toBe(5 * count);
  for (ms += 10_000; ms < 10 * MINUTE; ms += 10_000) await pushAll(relay, agent, [first], 5);

  await pushAll(relay, agent, moved, 0);
  expect(await countersOf(relay, families)).toEqual(before);
  const baselines = new Map(
    [...families].map((family) => [
      family,
      [first, ...moved].reduce((sum, { past }) => sum + (past.get(family) ?? 0), 0),
    ]),
  );
  const job = mergedJob(/\/job\/([^/]*)/.exec(first.path)?.[1] ?? "");
  const uncounted = await reported(relay, job, "baseline");
  for (const [family, amount] of baselines) expect(uncounted.get(family), family).toBe(amount);

  for (const counted of [7, 20, 1_000_000]) {
    ms += 10_000;
    await pushAll(relay, agent, moved, counted);
    const sums = byFamily(await countersOf(relay, families));
    for (const [family, count] of seriesOf) {
      expect(sums.get(family), family).toBe(5 * count + counted * count * MOVED);
    }
  }
  expect(await reported(relay, job, "baseline")).toEqual(uncounted);
  agent.destroy();
}, 60_000);
