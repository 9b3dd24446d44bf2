import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { matchFlinkFamily } from "../../src/core/rollup/flink/match-flink-family.ts";
import { textAt, valueAt } from "./assemble-body.ts";
import type { FleetSource } from "./fleet.ts";

/** How many sources the raw view is compared for, spread over the fleet. */
const COMPARED_SOURCES = 5;

/** The sums of the merged counters, by name. */
type MergedTotals = ReadonlyMap<string, number>;

/** The merged counters, and for each source the number of the push that they hold. */
export interface Standing {
  readonly totals: MergedTotals;
  readonly acked: readonly number[];
}

/** Every sample of some sources on the raw view is what they have pushed last. Returns how many were compared. */
export async function checkRaw(
  port: number,
  fleet: readonly FleetSource[],
  acked: readonly number[],
): Promise<number> {
  const expected = new Map<string, number>();
  const sources = lastOf(fleet, acked);
  const compared = sources.filter((_, i) => i % Math.ceil(sources.length / COMPARED_SOURCES) === 0);
  for (const { source, push } of compared) {
    for (const sample of source.body().moving)
      expected.set(identityOf(textAt(sample, push)), valueAt(sample, push));
  }
  const total = expected.size;
  const marks = compared.map(({ source }) => `tm_id="${source.tmId}"`);
  for await (const line of scrape(port, "raw")) {
    if (!marks.some((mark) => line.includes(mark))) continue;
    const blank = line.lastIndexOf(" ");
    const identity = identityOf(line.slice(0, blank));
    const want = expected.get(identity);
    if (want === undefined) continue;
    const served = Number(line.slice(blank + 1));
    if (served !== want) throw new Error(`${identity} is served as ${served}, the last push said ${want}`);
    expected.delete(identity);
  }
  const [missing] = expected.keys();
  if (missing !== undefined)
    throw new Error(`${expected.size} of ${total} samples are not served: ${missing}`);
  return total;
}

/** Each source with what it has pushed last: the version whose turn it was, and its push. */
function lastOf(
  fleet: readonly FleetSource[],
  acked: readonly number[],
): { source: FleetSource; push: number }[] {
  const last = new Map<string, { source: FleetSource; push: number; turn: number }>();
  for (const [i, source] of fleet.entries()) {
    const push = acked[i] ?? 0;
    const turn = push * source.versions + source.version;
    if (push > 0 && turn > (last.get(source.path)?.turn ?? 0)) last.set(source.path, { source, push, turn });
  }
  return [...last.values()];
}

/** The merged counters have risen by exactly what was pushed between two pushes of each source. Returns how many were compared. */
export function checkMerged(fleet: readonly FleetSource[], before: Standing, after: Standing): number {
  const expected = new Map<string, number>();
  for (const [i, source] of fleet.entries()) {
    for (const sample of source.body().moving) {
      if (!isCounter(sample.name)) continue;
      const rise = valueAt(sample, after.acked[i] ?? 0) - valueAt(sample, before.acked[i] ?? 0);
      expected.set(sample.name, (expected.get(sample.name) ?? 0) + rise);
    }
  }
  if (expected.size === 0) throw new Error("BUG: no counter moves in these bodies");
  for (const [name, want] of expected) {
    const rise = (after.totals.get(name) ?? Number.NaN) - (before.totals.get(name) ?? Number.NaN);
    // Whole numbers but for a few sums of fractions.
    if (!(Math.abs(rise - want) <= Math.abs(want) * 1e-9))
      throw new Error(`${name} has risen by ${rise} on the merged view, and by ${want} in the pushes`);
  }
  return expected.size;
}

export async function readMerged(port: number): Promise<MergedTotals> {
  const totals = new Map<string, number>();
  for await (const line of scrape(port, "merged")) {
    const name = line.slice(0, line.indexOf("{"));
    if (!isCounter(name)) continue;
    totals.set(name, (totals.get(name) ?? 0) + Number(line.slice(line.lastIndexOf(" ") + 1)));
  }
  return totals;
}

function isCounter(name: string): boolean {
  const rule = matchFlinkFamily(name, "gauge");
  return rule?.kind === "counter" && rule.action === "merge";
}

async function* scrape(port: number, view: "raw" | "merged"): AsyncGenerator<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics?view=${view}`);
  if (response.status !== 200 || response.body === null)
    throw new Error(`the ${view} view was answered ${response.status}`);
  const input = Readable.fromWeb(response.body);
  for await (const line of createInterface({ input })) if (!line.startsWith("#")) yield line;
}

/** Name and labels in one order, without those that the grouping key adds. */
function identityOf(text: string): string {
  const brace = text.indexOf("{");
  const labels = text.slice(brace + 1).match(/\w+="[^"]*"/g) ?? [];
  const own = labels.filter((label) => !/^(?:job|instance|cluster|env)=/.test(label));
  return `${text.slice(0, brace)}{${own.toSorted().join(",")}}`;
}
