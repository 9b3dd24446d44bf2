import { readRenderedLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import { followerValues } from "../partition/counters/readings.ts";
import type { FeedList } from "../partition/feeds.ts";
import { shownJob } from "../partition/fleet.ts";
import type { Source } from "../partition/group.ts";
import type { Layout } from "../partition/layout.ts";
import { isMarked } from "../partition/marks.ts";
import type { Settings } from "../partition/settings.ts";
import type { PartitionState } from "../partition/state.ts";
import { matchFlinkFamily } from "../rollup/flink/match-flink-family.ts";
import type { Output } from "../rollup/output.ts";
import { isSelectedOutput, NO_RULE, outputId } from "../rollup/output.ts";
import type { LabelTest } from "../selector/compile-selector.ts";
import { renderSelector } from "../selector/selector.ts";
import type { RollupSeries } from "./part.ts";
import { rollupSeries } from "./rollup-part.ts";

/** Where some outputs of a partition come from. Plain data, so that it can cross a thread. */
export interface ExplainPart {
  readonly partition: number;
  readonly series: readonly ExplainedSeries[];
  /** All that the partition has not counted, whatever was asked for. */
  readonly uncounted: readonly UncountedRow[];
}

export interface ExplainedSeries {
  readonly family: string;
  /** What a scrape is told of it. */
  readonly series: RollupSeries;
  readonly rule: string;
  readonly epochWallMs: number;
  readonly contributors: readonly Contributor[];
}

export interface UncountedRow {
  readonly family: string;
  readonly job: string;
  readonly reason: string;
  readonly amount: number;
}

/** `frozen`: alive, and two writers that nothing tells apart. `lost` fell silent, `deleted` said that it goes. */
type ContributorState = "live" | "frozen" | "lost" | "deleted";

/** One pushed series that feeds an output. */
export interface Contributor {
  /** The grouping key. */
  readonly source: string;
  /** Empty where the key alone is the source. */
  readonly processId: string;
  /** The job of the group as the merged view shows it. */
  readonly job: string;
  /** As they were pushed, those of the grouping key among them. */
  readonly labels: string;
  /** Of an interval: how many observations its quantiles stand for. */
  readonly value: number;
  /** NaN and what the rule skips is no value. */
  readonly isValue: boolean;
  readonly state: ContributorState;
  /** Observed milliseconds since its last push. */
  readonly ageMs: number;
}

/** Explains at most `most` of the selected outputs, the first in the order of `outputId`. Reads the state only. */
export function explainPart(
  state: PartitionState,
  settings: Settings,
  isSelected: LabelTest,
  observedMs: number,
  most: number,
): ExplainPart {
  const selected = [...rollupSeries(state)]
    .filter(([output]) => isSelectedOutput(isSelected, output))
    .map(([output, series]) => ({ id: outputId(output), output, series }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .slice(0, most);
  const contributors = new Map<Output, Contributor[]>(selected.map(({ output }) => [output, []]));
  if (selected.length > 0) collectContributors(state, observedMs, contributors);
  return {
    partition: state.partition,
    series: selected.map(({ output, series }) => ({
      family: output.family,
      series,
      rule: ruleText(state, settings, output),
      epochWallMs: output.epochWallMs,
      contributors: contributors.get(output) ?? [],
    })),
    uncounted: uncountedRows(state),
  };
}

function collectContributors(
  state: PartitionState,
  observedMs: number,
  into: ReadonlyMap<Output, Contributor[]>,
): void {
  for (const group of state.groups.values()) {
    for (const source of group.sources.values()) {
      const newestMs = Math.max(...source.shown.map(({ snapshot }) => snapshot.observedMs));
      const ageMs = observedMs - (source.shown.length > 0 ? newestMs : source.lastSignMs);
      for (const counted of source.counted) {
        const { layout, feeds, last, replaced } = counted;
        const followers = followerValues(counted);
        addAll(source, layout, feeds.counters, replaced, ageMs, (k) => last[k], into);
        addAll(source, layout, feeds.followers, replaced, ageMs, (f) => followers[f], into);
      }
      for (const { snapshot, replaced } of source.shown) {
        if (snapshot.feeds === undefined) continue;
        const { layout, values } = snapshot;
        const { gauges, intervals, summaries } = snapshot.feeds;
        const valueOf = (k: number): number | undefined => values[gauges.samples[k] ?? 0];
        const pushedAgeMs = observedMs - snapshot.observedMs;
        addAll(source, layout, gauges, replaced, pushedAgeMs, valueOf, into);
        addAll(source, layout, intervals, replaced, pushedAgeMs, (s) => summaries[s]?.weight, into);
      }
    }
  }
}

function addAll(
  source: Source,
  layout: Layout,
  { samples, outputs, skips }: FeedList,
  replaced: ReadonlySet<string>,
  ageMs: number,
  valueOf: (k: number) => number | undefined,
  into: ReadonlyMap<Output, Contributor[]>,
): void {
  const { group, processId } = source;
  for (const [k, output] of outputs.entries()) {
    const contributors = into.get(output);
    if (contributors === undefined || replaced.has(output.family)) continue;
    const value = valueOf(k) ?? Number.NaN;
    contributors.push({
      source: group.key.canonical,
      processId,
      job: shownJob(group),
      labels: layout.sets[samples[k] ?? 0]?.text ?? "",
      value,
      isValue: !Number.isNaN(value) && skips[k]?.includes(value) !== true,
      state: stateOf(source),
      ageMs,
    });
  }
}

function stateOf({ isLive, frozen, expired }: Source): ContributorState {
  if (isLive) return frozen === undefined ? "live" : "frozen";
  return expired ? "lost" : "deleted";
}

function ruleText(state: PartitionState, { flink, rules }: Settings, output: Output): string {
  const { family, type, origin, labels } = output;
  const job = labelValue(readRenderedLabels(labels), "job") ?? "";
  const noCounter = isMarked(state, job, family) ? " (it was taken for a counter, and has gone down)" : "";
  if (origin !== NO_RULE) {
    const rule = rules[origin];
    // The rule of a counter that lingers may be gone.
    if (rule === undefined) return "a rule that is no longer in the file";
    const passes = output.function === "newest" && rule.function !== "last" ? ", passes through" : "";
    return `rule ${origin + 1}: ${renderSelector(rule.match)}${passes}${noCounter}`;
  }
  const preset = flink ? matchFlinkFamily(family, type) : undefined;
  if (noCounter !== "") return `passes through${noCounter}`;
  if (preset !== undefined) return `Flink preset: ${preset.kind}`;
  return flink && state.inferred.has(`${job} ${family}`)
    ? "Flink preset: counter (a rate of its name stands beside it)"
    : "passes through";
}

function uncountedRows({ tally }: PartitionState): UncountedRow[] {
  return tally.rows().flatMap(({ name, labels, value }) => {
    if (name !== "sluice_uncounted_increase_total") return [];
    const pairs = readRenderedLabels(labels);
    const of = (label: string): string => labelValue(pairs, label) ?? "";
    return [{ family: of("family"), job: of("job"), reason: of("reason"), amount: value }];
  });
}
