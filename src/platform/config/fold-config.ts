import type { RoomBounds } from "../../core/partition/job-sizes.ts";
import type { LabelBounds } from "../../core/partition/oversize.ts";
import type { Settings } from "../../core/partition/settings.ts";
import type { Staleness } from "./staleness.ts";

/** What an operator decides about the fold by options, on every platform. */
export interface FoldConfig extends LabelBounds, RoomBounds {
  /** Whether names may be any UTF-8 in text and in the path of a push; in protobuf they always may. */
  readonly utf8Names: boolean;
  /** Whether pushes are answered 202 and never refused for what others push. */
  readonly uncheckedPushes: boolean;
  readonly staleness: Staleness;
  /** Whether `X_max`, `X_avg` and `X_contributors` stand beside roll-ups that need them. */
  readonly companions: boolean;
  readonly flinkLevel: "attempt" | "subtask" | "task";
  /** The TYPE that Flink's counters get; Flink itself sends them as gauges. */
  readonly flinkCounters: "counter" | "gauge";
  /** The label whose value becomes `instance` on series of a process; empty means `instance=""`. */
  readonly flinkInstanceLabel: string;
  /** Whether bounds of each quantile stand beside Flink's summaries. */
  readonly flinkIntervals: boolean;
  readonly maxSeriesPerPush: number;
  readonly maxTombstonesPerSource: number;
}

/** The same as the fold has it. Rules come from a file, where there is one. */
export function foldSettings(config: FoldConfig): Omit<Settings, "flink" | "rules" | "jobs"> {
  return {
    level: config.flinkLevel,
    counterType: config.flinkCounters,
    instanceLabel: config.flinkInstanceLabel,
    companions: config.companions,
    utf8Names: config.utf8Names,
    intervals: config.flinkIntervals,
    consistencyCheck: !config.uncheckedPushes,
    staleness: typeof config.staleness === "string" ? config.staleness : config.staleness.limitMs,
    maxSeriesPerPush: config.maxSeriesPerPush,
    maxTombstones: config.maxTombstonesPerSource,
    maxSeriesPerJob: config.maxSeriesPerJob,
    maxSeries: config.maxSeries,
    maxSources: config.maxSources,
    maxLabels: config.maxLabels,
    maxLabelNameLength: config.maxLabelNameLength,
    maxLabelValueLength: config.maxLabelValueLength,
    maxMetricNameLength: config.maxMetricNameLength,
  };
}
