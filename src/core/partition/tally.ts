import { renderLabels } from "../exposition/escape.ts";

/** What a partition counts about its work, shown as the relay's own metrics. */
export type TallyName =
  | "sluice_uncounted_increase_total"
  | "sluice_conflicts_total"
  | "sluice_left_out_series_total"
  | "sluice_replayed_pushes_total"
  | "sluice_expired_sources_total";

export interface TallyRow {
  readonly name: TallyName;
  /** With braces. */
  readonly labels: string;
  readonly value: number;
}

export interface Tally {
  add(name: TallyName, job: string, reason: string | undefined, amount: number): void;
  rows(): TallyRow[];
}

export function createTally(): Tally {
  const totals = new Map<string, { name: TallyName; labels: string; value: number }>();
  return {
    add(name, job, reason, amount) {
      const labels = renderLabels(reason === undefined ? ["job", job] : ["job", job, "reason", reason]);
      const key = name + labels;
      const row = totals.get(key);
      if (row === undefined) totals.set(key, { name, labels, value: amount });
      else row.value += amount;
    },
    rows: () => [...totals.values()],
  };
}
