import type { Level } from "../rollup/flink/level.ts";
import type { JobConfig, RuleConfig } from "../rollup/rules/rule-config.ts";
import type { LabelBounds } from "./oversize.ts";
import type { RoomBounds } from "./job-sizes.ts";
import type { StalenessSetting } from "./rhythm.ts";

/** What an operator decides about the fold. The same on every partition. */
export interface Settings extends LabelBounds, RoomBounds {
  /** Whether the families that Flink registers are merged by the preset, and make a group a fleet's. */
  readonly flink: boolean;
  /** Before the preset; the first that matches wins. */
  readonly rules: readonly RuleConfig[];
  readonly jobs: readonly JobConfig[];
  readonly level: Level;
  /** The TYPE of Flink's counters on the merged view: their true one, or Flink's. */
  readonly counterType: "counter" | "gauge";
  /** The label whose value fills an empty `instance` on series of one process; "" for none. */
  readonly instanceLabel: string;
  readonly companions: boolean;
  /** Whether names in text may be any UTF-8 in quotes. The same from the start to the end of the process. */
  readonly utf8Names: boolean;
  /** Whether the quantiles of Flink's summaries are certified. */
  readonly intervals: boolean;
  /** Whether a push that stands against what others push is refused. If not, what cannot be shown is left out. */
  readonly consistencyCheck: boolean;
  readonly staleness: StalenessSetting;
  /** Samples in one push. */
  readonly maxSeriesPerPush: number;
  /** Remembered series of one source that are no longer pushed, and tasks whose newest attempt is. */
  readonly maxTombstones: number;
}
