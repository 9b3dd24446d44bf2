import type { Handler } from "hono";
import type { RefusedJob } from "../core/coordinator/refusals.ts";
import { formatNumber } from "../core/exposition/format-number.ts";
import { labelValue } from "../core/exposition/label-block.ts";
import type { Labels } from "../core/exposition/label-block.ts";
import type { Balance } from "../core/view/explain-balance.ts";
import type { Loss } from "../core/view/explain-part.ts";
import type { Explanation } from "../core/view/merge-explained.ts";
import { MAX_EXPLAINED } from "../core/view/merge-explained.ts";
import { badData, NO_SNIFFING } from "./errors.ts";
import type { RefusedRow } from "./refused.ts";
import { refusedRow } from "./refused.ts";
import type { Body, Relay } from "./relay.ts";

/** A series as the API shows it. Values are texts, as in Prometheus's own API: JSON has no NaN. */
export interface ExplainRow {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly type: string;
  readonly function: string;
  readonly value: string;
  readonly companions: readonly { readonly name: string; readonly labels: string; readonly value: string }[];
  readonly rule: string;
  readonly drops: readonly string[];
  /** RFC 3339. */
  readonly epochStart: string;
  readonly served: boolean;
  readonly state: Explanation["state"];
  readonly reason: string;
  readonly accumulated: readonly { readonly partition: number; readonly value: string }[];
  readonly contributors: readonly ContributorRow[];
  readonly balance?: BalanceRow;
  readonly uncounted: readonly LossRow[];
  /** Pushes of its jobs that were not taken. */
  readonly refused: readonly RefusedRow[];
}

/** Of a counter: `live + departed + tombstones.sum + retired - uncounted` is its value. */
export interface BalanceRow {
  readonly live: string;
  readonly departed: string;
  readonly tombstones: { readonly count: number; readonly ofAttempts: number; readonly sum: string };
  readonly retired: string;
  readonly uncounted: readonly LossRow[];
}

interface LossRow {
  readonly reason: string;
  readonly amount: string;
}

export interface ContributorRow {
  readonly source: string;
  readonly process: string;
  /** As exposition text. */
  readonly labels: string;
  readonly value: string;
  readonly isValue: boolean;
  readonly state: string;
  readonly ageSeconds: number;
}

/** `/api/v1/explain?series=<selector>`: where the numbers of the merged view come from. */
export function explainHandler<B extends Body>(relay: Relay<B>): Handler {
  return async function explain(c) {
    const view = c.req.query("view") ?? "merged";
    if (view !== "merged") return badData(c, "view: only the merged view can be explained");
    const series = c.req.query("series") ?? "";
    if (series === "") {
      return badData(c, 'series: missing; give a PromQL selector such as series=up{job="shop"}');
    }
    const answer = await relay.explain(series);
    if (!answer.ok) return badData(c, `series: ${answer.message}`);
    const refused = await relay.refused();
    const warnings = answer.isCut ? { warnings: [`only the first ${MAX_EXPLAINED} series are shown`] } : {};
    const data = answer.series.map((each) => rowOf(each, refused));
    return c.json({ status: "success", data, ...warnings }, 200, NO_SNIFFING);
  };
}

function rowOf(explanation: Explanation, refused: readonly RefusedJob[]): ExplainRow {
  const { contributors, accumulated, companions, balance, uncounted } = explanation;
  return {
    name: explanation.name,
    labels: recordOf(explanation.labels),
    type: explanation.type,
    function: explanation.function,
    value: formatNumber(explanation.value),
    companions: companions.map(({ name, labels, value }) => ({ name, labels, value: formatNumber(value) })),
    rule: explanation.rule,
    drops: explanation.drops,
    epochStart: new Date(explanation.epochWallMs).toISOString(),
    served: explanation.isServed,
    state: explanation.state,
    reason: reasonOf(explanation),
    accumulated: accumulated.map(({ partition, value }) => ({ partition, value: formatNumber(value) })),
    contributors: contributors.map(({ source, processId, labels, value, isValue, state, ageMs }) => ({
      source,
      process: processId,
      labels,
      value: formatNumber(value),
      isValue,
      state,
      ageSeconds: Math.round(ageMs) / 1_000,
    })),
    ...(balance === undefined ? {} : { balance: balanceRow(balance) }),
    uncounted: uncounted.map(lossRow),
    refused: refused.filter(({ job }) => jobsOf(explanation).has(job)).map(refusedRow),
  };
}

/** Those of its contributors, and its own: all may have gone. */
function jobsOf({ labels, contributors }: Explanation): ReadonlySet<string> {
  return new Set([labelValue(labels, "job") ?? "", ...contributors.map(({ job }) => job)]);
}

function balanceRow({ live, departed, tombstones, retired, uncounted }: Balance): BalanceRow {
  return {
    live: formatNumber(live),
    departed: formatNumber(departed),
    tombstones: { ...tombstones, sum: formatNumber(tombstones.sum) },
    retired: formatNumber(retired),
    uncounted: uncounted.map(lossRow),
  };
}

function lossRow({ reason, amount }: Loss): LossRow {
  return { reason, amount: formatNumber(amount) };
}

function reasonOf({ state, idleMs }: Explanation): string {
  if (state === "live") return "live sources feed it";
  const since =
    idleMs === undefined
      ? "the rules have changed and nothing feeds it"
      : `nothing has fed it for ${Math.round(idleMs / 1_000)} s`;
  return state === "lingering" ? `${since}, and it lingers` : `${since}: it is not served`;
}

function recordOf(labels: Labels): Record<string, string> {
  const pairs = Array.from({ length: labels.length / 2 }, (_, i) => [labels[2 * i], labels[2 * i + 1]]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- labels come in pairs
  return Object.fromEntries(pairs) as Record<string, string>;
}
