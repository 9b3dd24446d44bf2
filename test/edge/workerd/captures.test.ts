import { evictAllDurableObjects } from "cloudflare:test";
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import old from "../../fixtures/captures/flink-1.20.3.jsonl.gz?inline";
import oldTotals from "../../fixtures/captures/flink-1.20.3.totals.json?raw";
import recent from "../../fixtures/captures/flink-2.3.0.jsonl.gz?inline";
import recentTotals from "../../fixtures/captures/flink-2.3.0.totals.json?raw";
import { parseCaptureLine } from "../../../src/node/replay/capture.ts";
import { series } from "../../support/view-text.ts";
import { scrape, send, wipe } from "./send.ts";

interface Point {
  readonly t: number;
  readonly label: string;
  readonly totals: Readonly<Record<string, Readonly<Record<string, number | undefined>> | undefined>>;
}

/** Families that the preset knows as counters. */
const KNOWN = /_num[A-Z]\w*$/;

function linesOf(dataUrl: string): string[] {
  const bytes = Buffer.from(dataUrl.slice(dataUrl.indexOf(",") + 1), "base64");
  return gunzipSync(bytes).toString().split("\n");
}

function labelOf(name: string, label: string): string | undefined {
  return name.match(new RegExp(`[{,]${label}="([^"]*)"`))?.[1];
}

function totalsOf(view: string): Map<string, number> {
  const totals = new Map<string, number>();
  for (const [name, value] of series(view)) {
    const family = name.slice(0, name.indexOf("{"));
    const scope = ["job_id", "task_name", "operator_name"].map((label) => labelOf(name, label));
    totals.set(`${family} ${scope.filter((part) => part !== undefined).join(" / ")}`, value);
  }
  return totals;
}

beforeEach(wipe);

describe.each([
  ["1.20.3", old, JSON.parse(oldTotals) as readonly Point[]],
  ["2.3.0", recent, JSON.parse(recentTotals) as readonly Point[]],
])("the recorded run of Flink %s", (_version, capture, points) => {
  test("is exact at each point, with objects evicted at each point", { timeout: 300_000 }, async () => {
    const lines = linesOf(capture).filter((line) => line !== "");
    const waiting = [...points];
    for (const [i, text] of lines.entries()) {
      const line = parseCaptureLine(text, i + 1);
      while (waiting[0] !== undefined && waiting[0].t < line.atMs) await check(waiting.shift()!);
      if (line.kind !== "request") continue;
      const { method, path, body, contentType = "" } = line;
      const answer = await send({ method, path, body, headers: { "Content-Type": contentType } });
      expect([line.atMs, answer.status, answer.text]).toEqual([
        line.atMs,
        method === "DELETE" ? 202 : 200,
        "",
      ]);
    }
    for (const point of waiting) await check(point);
  });
});

async function check({ label, totals }: Point): Promise<void> {
  await evictAllDurableObjects();
  const shown = totalsOf(await scrape());
  const wanted = Object.entries(totals).flatMap(([family, rows = {}]) =>
    KNOWN.test(family)
      ? Object.entries(rows).map(([key, value]) => [`${family} ${key}`, value] as const)
      : [],
  );
  expect(wanted.length).toBeGreaterThan(0);
  expect(
    wanted.map(([name]) => [name, shown.get(name)]),
    label,
  ).toEqual(wanted);
}
