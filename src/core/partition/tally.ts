import { renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";

/** What a partition counts about its work, shown as the relay's own metrics. */
export type TallyName =
  | "sluice_uncounted_increase_total"
  | "sluice_collisions_total"
  | "sluice_conflicts_total"
  | "sluice_histogram_layout_conflicts_total"
  | "sluice_left_out_series_total"
  | "sluice_unmerged_series_total"
  | "sluice_replayed_pushes_total"
  | "sluice_expired_sources_total"
  | "sluice_evicted_sources_total"
  | "sluice_evicted_tombstones_total"
  | "sluice_forgotten_outputs_total";

export interface TallyRow {
  readonly name: TallyName;
  /** With braces. */
  readonly labels: string;
  readonly value: number;
}

export interface Tally {
  /** Labels as `name, value` pairs in order; `job` is among them. */
  add(name: TallyName, labels: Labels, amount: number): void;
  rows(): TallyRow[];
}

/** `known` are the totals that it begins with. */
export function createTally(known: readonly TallyRow[] = []): Tally {
  const totals = new Map(known.map((row) => [row.name + row.labels, { ...row }]));
  return {
    add(name, pairs, amount) {
      const labels = renderLabels(pairs);
      const key = name + labels;
      const row = totals.get(key);
      if (row === undefined) totals.set(key, { name, labels, value: amount });
      else row.value += amount;
    },
    rows: () => [...totals.values()],
  };
}
