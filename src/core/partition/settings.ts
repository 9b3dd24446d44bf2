import type { Level } from "../rollup/flink/level.ts";
import type { StalenessSetting } from "./rhythm.ts";

/** What an operator decides about the fold. The same on every partition. */
export interface Settings {
  readonly level: Level;
  /** The TYPE of Flink's counters on the merged view: their true one, or Flink's. */
  readonly counterType: "counter" | "gauge";
  /** The label whose value fills an empty `instance` on series of one process; "" for none. */
  readonly instanceLabel: string;
  readonly companions: boolean;
  readonly staleness: StalenessSetting;
  /** Samples in one push. */
  readonly maxSeriesPerPush: number;
  /** Remembered series of one source that are no longer pushed, and tasks whose newest attempt is. */
  readonly maxTombstones: number;
}
