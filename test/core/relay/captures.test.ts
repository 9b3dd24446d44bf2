import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { matchFlinkFamily } from "../../../src/core/rollup/flink/match-flink-family.ts";
import type { Settings } from "../../../src/core/partition/settings.ts";
import { readCapture } from "../../../src/node/replay/read-capture.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { series } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

/** Family → `job_id / task_name [/ operator_name]` → total. */
type Totals = Record<string, Record<string, number>>;

interface TotalsPoint {
  readonly t: number;
  readonly label: string;
  readonly totals: Totals;
}

/** What a replay of a recording has shown. */
interface Replayed {
  readonly relay: InMemoryRelay;
  readonly refusals: string[];
  readonly falls: string[];
  /** The totals of the view at each point of `totals.json`. */
  readonly points: { readonly label: string; readonly shown: Totals; readonly wanted: Totals }[];
  /** The series of tm2's process beside the time, from its kill on. */
  readonly ofKilled: { readonly atMs: number; readonly count: number }[];
  readonly killedMs: number;
}

const fixtures = new URL("../../fixtures/captures/", import.meta.url);
describe.each(["1.20.3", "2.3.0"])("Flink %s, recorded", (version) => {
  let replayed: Replayed;
  beforeAll(async () => {
    replayed = await replay(version);
  });

  test("nothing is refused", () => {
    expect(replayed.refusals).toEqual([]);
  });

  test("the counters of tasks and operators equal what Flink had counted, at each point", () => {
    for (const { label, shown, wanted } of replayed.points) expect(shown, label).toEqual(wanted);
    expect(replayed.points.length).toBe(10);
    expect(Object.keys(replayed.points[9]?.wanted ?? {}).length).toBe(24);
  });

  test("no counter on the merged view ever falls or goes away, but with its process", () => {
    expect(replayed.falls).toEqual([]);
  });

  test("three jobs of one name stay apart by their id", () => {
    const view = replayed.relay.view("merged");
    const ids = [...view.matchAll(/^flink_taskmanager_job_task_numRecordsOut\{.*job_id="(\w+)"/gm)];
    expect(new Set(ids.map(([, id]) => id)).size).toBe(3);
  });

  test("the killed TaskManager's own families are there for its limit and then gone", () => {
    const { ofKilled, killedMs } = replayed;
    const last = ofKilled.findLast(({ count }) => count > 0)?.atMs ?? 0;
    // It has pushed each second, so its limit is the shortest there is.
    expect(last - killedMs).toBeGreaterThan(55_000);
    expect(last - killedMs).toBeLessThan(61_000);
    expect(ofKilled.some(({ atMs, count }) => atMs < killedMs && count > 20)).toBe(true);
  });

  test("when all processes have said goodbye, nothing of a process is left", () => {
    const { relay } = replayed;
    relay.advance(60_000);
    expect(relay.view("merged")).not.toMatch(/^flink_\w+\{.*(tm_id|host)=/m);
    expect(relay.view("raw")).toBe("");
  });
});

/** The job's own metrics, which no list of Flink's has. `wordLength` is a histogram, and arrives as a summary. */
const OPERATOR = "flink_taskmanager_job_task_operator_wordcount_";
const OF_THE_JOB = [`${OPERATOR}words`, `${OPERATOR}lang_wordsByLang`, `${OPERATOR}wordLength_count`];
const RULES = [
  rule(`{__name__=~"${OPERATOR}(words|lang_wordsByLang)"}`, { kind: "counter" }),
  rule(`${OPERATOR}wordLength`),
];

describe.each([
  ["1.20.3", "task"],
  ["1.20.3", "subtask"],
  ["1.20.3", "attempt"],
  ["2.3.0", "task"],
  ["2.3.0", "subtask"],
  ["2.3.0", "attempt"],
] as const)("Flink %s, recorded, with rules at level %s", (version, level) => {
  let replayed: Replayed;
  beforeAll(async () => {
    replayed = await replay(version, { level, rules: RULES });
  });

  test("the job's own counters equal what Flink had counted, at each point", () => {
    for (const { label, shown, wanted } of replayed.points) {
      for (const name of OF_THE_JOB) expect(shown[name], `${name} ${label}`).toEqual(wanted[name]);
    }
    expect(Object.keys(replayed.points[9]?.wanted ?? {}).length).toBe(27);
  });

  test("and so do all others; none falls", () => {
    for (const { label, shown, wanted } of replayed.points) expect(shown, label).toEqual(wanted);
    expect(replayed.falls).toEqual([]);
  });
});

async function replay(version: string, settings: Partial<Settings> = {}): Promise<Replayed> {
  const points = readPoints(version);
  const relay = createInMemoryRelay({ settings });
  const isWanted = (name: string): boolean =>
    matchFlinkFamily(name, "gauge") !== undefined ||
    (settings.rules !== undefined && OF_THE_JOB.includes(name));
  const result: Replayed = { relay, refusals: [], falls: [], points: [], ofKilled: [], killedMs: 0 };
  let killedMs = 0;
  let before = new Map<string, number>();
  // Attempts leave the view one by one, as at a Pushgateway; what they had counted last adds up to the totals.
  const ever = settings.level === "attempt" ? new Map<string, number>() : undefined;
  for await (const line of readCapture(fileURLToPath(new URL(`flink-${version}.jsonl.gz`, fixtures)))) {
    if (line.kind === "event" && line.text === "kill -9 tm2") killedMs = line.atMs;
    if (line.kind !== "request") continue;
    takePoints(points, line.atMs, result, isWanted, ever);
    relay.advance(line.atMs - relay.observedMs());
    const path = line.path.replace(/^\/metrics/, "");
    if (line.method === "DELETE") relay.delete(path);
    else note(result.refusals, relay.push(path, line.body)?.message);
    const view = relay.view("merged");
    const now = countersOf(view);
    result.falls.push(...fallsOf(before, now).map((fall) => `${fall} at ${line.atMs}`));
    before = new Map([...before, ...now]);
    if (ever !== undefined) for (const [id, value] of series(view)) ever.set(id, value);
    result.ofKilled.push({ atMs: line.atMs, count: countOf(view, "tm2") });
  }
  takePoints(points, Number.POSITIVE_INFINITY, result, isWanted, ever);
  return { ...result, killedMs };
}

function note(list: string[], message: string | undefined): void {
  if (message !== undefined) list.push(message);
}

function readPoints(version: string): TotalsPoint[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a fixture; its README has the format
  return JSON.parse(readFileSync(new URL(`flink-${version}.totals.json`, fixtures), "utf8")) as TotalsPoint[];
}

/** Compares at the points before `untilMs`. */
function takePoints(
  points: TotalsPoint[],
  untilMs: number,
  { relay, points: taken }: Replayed,
  isWanted: (name: string) => boolean,
  ever: ReadonlyMap<string, number> | undefined,
): void {
  while (points[0] !== undefined && points[0].t <= untilMs) {
    const { label, totals } = points.shift()!;
    const wanted = Object.entries(totals).filter(([name]) => isWanted(name));
    const names = new Set(wanted.map(([name]) => name));
    const shown = totalsOf(ever ?? series(relay.view("merged")), names);
    taken.push({ label, shown, wanted: Object.fromEntries(wanted) });
  }
}

function totalsOf(view: ReadonlyMap<string, number>, families: ReadonlySet<string>): Totals {
  const totals: Totals = {};
  for (const [id, value] of view) {
    const name = id.slice(0, id.indexOf("{"));
    if (!families.has(name)) continue;
    const key = ["job_id", "task_name", "operator_name"]
      .map((label) => new RegExp(`[{,]${label}="([^"]*)"`).exec(id)?.[1])
      .filter((part) => part !== undefined)
      .join(" / ");
    const ofName = (totals[name] ??= {});
    ofName[key] = (ofName[key] ?? 0) + value;
  }
  return totals;
}

/** The series of families that are typed counter. */
function countersOf(view: string): Map<string, number> {
  const found = new Map<string, number>();
  let isCounter = false;
  for (const line of view.split("\n")) {
    if (line.startsWith("# TYPE ")) isCounter = line.endsWith(" counter");
    if (!isCounter || line.startsWith("#") || line === "") continue;
    const space = line.lastIndexOf(" ");
    found.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return found;
}

function fallsOf(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string[] {
  const falls: string[] = [];
  for (const [id, value] of before) {
    const isOfProcess = /[{,](tm_id|host)=/.test(id);
    const shown = now.get(id) ?? (isOfProcess ? value : Number.NEGATIVE_INFINITY);
    if (shown < value) falls.push(`${id} fell from ${value} to ${shown}`);
  }
  return falls;
}

function countOf(view: string, tm: string): number {
  return [...view.matchAll(/^flink_taskmanager_Status_\w+\{.*[{,]tm_id="(\w+)"/gm)].filter(
    ([, id]) => id === tm,
  ).length;
}
