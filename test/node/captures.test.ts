import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { describe, expect, test } from "vitest";
import type { CaptureLine } from "../../src/node/replay/capture.ts";
import { readCapture } from "../../src/node/replay/read-capture.ts";
import { series } from "../support/view-text.ts";
import { type RunningRelay, startRelay } from "./server/running-relay.ts";

/** What a correct relay shows at a point of the recording: by metric, then by `job_id / task_name [/ operator_name]`. */
interface Point {
  readonly t: number;
  readonly label: string;
  readonly totals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Families that the preset knows as counters. Those of users have no rule yet and pass through, per process. */
const KNOWN = /_num[A-Z]\w*$/;

function totalsOf(view: ReadonlyMap<string, number>): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, value] of view) {
    const family = name.slice(0, name.indexOf("{"));
    const scope = ["job_id", "task_name", "operator_name"].map((label) => labelOf(name, label));
    totals.set(`${family} ${scope.filter((part) => part !== undefined).join(" / ")}`, value);
  }
  return totals;
}

function labelOf(name: string, label: string): string | undefined {
  return name.match(new RegExp(`[{,]${label}="([^"]*)"`))?.[1];
}

function wantedAt({ totals }: Point): [string, number][] {
  return Object.entries(totals).flatMap(([family, rows]) =>
    KNOWN.test(family)
      ? Object.entries(rows).map(([key, value]): [string, number] => [`${family} ${key}`, value])
      : [],
  );
}

/** The series of the view that a TYPE line calls counters. */
function countersOf(text: string, view: ReadonlyMap<string, number>): Map<string, number> {
  const counters = new Set([...text.matchAll(/^# TYPE (flink_\S+) counter$/gm)].map(([, name]) => name));
  return new Map([...view].filter(([name]) => counters.has(name.slice(0, name.indexOf("{")))));
}

async function feed(relay: RunningRelay, agent: Agent, line: CaptureLine): Promise<void> {
  if (line.kind !== "request") return;
  const { method, path, body, contentType = "" } = line;
  const answer = await relay.request(method, path, { agent, body, headers: { "Content-Type": contentType } });
  expect([line.atMs, answer.status, answer.text]).toEqual([line.atMs, method === "DELETE" ? 202 : 200, ""]);
}

describe.each(["1.20.3", "2.3.0"])("the recorded run of Flink %s, over HTTP", (version) => {
  const folder = new URL("../fixtures/captures/", import.meta.url);
  const points = JSON.parse(readFileSync(new URL(`flink-${version}.totals.json`, folder), "utf8")) as Point[];

  test("nothing is refused, counters are exact at each point and never fall, jobs stay apart", async () => {
    await using relay = await startRelay({ threads: 2 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const left = [...points];
    let before = new Map<string, number>();

    async function look(): Promise<Map<string, number>> {
      const text = await relay.view("merged");
      const view = series(text);
      const counters = countersOf(text, view);
      for (const [name, value] of before) {
        // What belongs to a process may leave with it.
        const now = counters.get(name) ?? (labelOf(name, "host") === undefined ? 0 : value);
        expect({ name, hasFallen: now < value }).toEqual({ name, hasFallen: false });
      }
      before = counters;
      return totalsOf(view);
    }

    async function lookAt(point: Point): Promise<void> {
      const totals = await look();
      const wanted = wantedAt(point);
      expect(wanted.length).toBeGreaterThan(20);
      expect({ at: point.label, totals: wanted.map(([key]) => [key, totals.get(key)]) }).toEqual({
        at: point.label,
        totals: wanted,
      });
    }

    let requests = 0;
    for await (const line of readCapture(new URL(`flink-${version}.jsonl.gz`, folder).pathname)) {
      while (left[0] !== undefined && left[0].t < line.atMs) await lookAt(left.shift() as Point);
      await feed(relay, agent, line);
      requests += 1;
      if (requests % 20 === 0) await look();
    }
    for (const point of left) await lookAt(point);

    const jobs = new Set([...before.keys()].map((name) => labelOf(name, "job_id")));
    jobs.delete(undefined);
    expect(jobs.size).toBe(3);
    expect(requests).toBeGreaterThan(500);
    agent.destroy();
  }, 60_000);
});
