import { readRenderedLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { Settings } from "../partition/settings.ts";
import type { PartitionState } from "../partition/state.ts";
import type { Output } from "../rollup/output.ts";
import { isSelectedOutput, outputId } from "../rollup/output.ts";
import type { LabelTest } from "../selector/compile-selector.ts";
import type { Contributor, Feeding, TombstoneSum } from "./explain-contributors.ts";
import { collectFeeding, NO_TOMBSTONES } from "./explain-contributors.ts";
import { ruleText } from "./explain-rule.ts";
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
  readonly tombstones: TombstoneSum;
  /** What this series alone has not counted in its epoch; of a histogram its count has it. */
  readonly uncounted: readonly Loss[];
}

export interface Loss {
  readonly reason: string;
  readonly amount: number;
}

export interface UncountedRow extends Loss {
  readonly family: string;
  readonly job: string;
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
  const feeding = new Map<Output, Feeding>(
    selected.map(({ output }) => [output, { contributors: [], tombstones: NO_TOMBSTONES }]),
  );
  if (selected.length > 0) collectFeeding(state, observedMs, feeding);
  return {
    partition: state.partition,
    series: selected.map(({ output, series }) => ({
      family: output.family,
      series,
      rule: ruleText(state, settings, output),
      epochWallMs: output.epochWallMs,
      contributors: feeding.get(output)?.contributors ?? [],
      tombstones: feeding.get(output)?.tombstones ?? NO_TOMBSTONES,
      uncounted: [...(output.uncounted ?? [])].map(([reason, amount]) => ({ reason, amount })),
    })),
    uncounted: uncountedRows(state),
  };
}

function uncountedRows({ tally }: PartitionState): UncountedRow[] {
  return tally.rows().flatMap(({ name, labels, value }) => {
    if (name !== "sluice_uncounted_increase_total") return [];
    const pairs = readRenderedLabels(labels);
    const of = (label: string): string => labelValue(pairs, label) ?? "";
    return [{ family: of("family"), job: of("job"), reason: of("reason"), amount: value }];
  });
}
