import type { FamilyType } from "../../exposition/parsed-body.ts";
import { ruleOf } from "../rule.ts";
import type { Rule } from "../rule.ts";
import { compilePatterns } from "./pattern.ts";
import { FLINK_METRICS, PREFIXES } from "./preset.ts";
import type { MetricRow } from "./preset.ts";
import { SCOPES } from "./scopes.ts";

type Match = (name: string) => Rule | undefined;

const ONE_VALUE: ReadonlySet<FamilyType> = new Set(["gauge", "counter", "untyped"]);

/** Compiled with the first name that is asked for: it takes 10 ms, which no start of a thread should wait for. */
const matchScalar = onFirstName(() => compilePatterns(rules(([, , kind]) => kind !== "summary")));
const matchSummary = onFirstName(() => compilePatterns(rules(([, , kind]) => kind === "summary")));

/**
 * The rule for a family that Flink itself registers; undefined for all others, which pass through.
 *
 * The type decides which rows apply: Flink sends histograms as summaries and everything else as gauges,
 * and a user's histogram may bear the name of one of Flink's counters. Any type of one value is as good
 * as a gauge, since another client may know better what its metric is.
 */
export function matchFlinkFamily(name: string, type: FamilyType): Rule | undefined {
  if (type === "summary") return matchSummary(name);
  return ONE_VALUE.has(type) ? matchScalar(name) : undefined;
}

/** Whether a row of the preset matches: one such family makes a group a fleet group, even one that is dropped. */
export function isFlinkFamily(name: string, type: FamilyType): boolean {
  return matchFlinkFamily(name, type) !== undefined;
}

function onFirstName(compile: () => Match): Match {
  let match: Match | undefined;
  return (name) => (match ??= compile())(name);
}

function rules(wanted: (row: MetricRow) => boolean): (readonly [pattern: string, rule: Rule])[] {
  return FLINK_METRICS.filter(wanted).map((row) => [PREFIXES[row[0]] + row[1], ruleOfRow(row)]);
}

/**
 * Companions are for what the TaskManagers of a job share. A family of a process keeps its host and tm_id,
 * and a job has one leading JobManager: their outputs have one contributor each, and hide nothing. That is
 * why rows of theirs which average or add have no companion either.
 */
function ruleOfRow([scope, , kind, does, skip = [], also = []]: MetricRow): Rule {
  const shared = PREFIXES[scope].startsWith(SCOPES.TJ);
  const rule = ruleOf(kind, does === "drop" ? "newest" : does, skip, shared);
  return { ...rule, companions: [...rule.companions, ...also] };
}
