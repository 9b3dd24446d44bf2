import type { Settings } from "../core/partition/settings.ts";
import type { Config } from "./config/config.ts";

/** What the configuration decides about the fold. */
export function settingsOf(config: Config): Settings {
  return {
    flink: config.flink,
    rules: config.rules,
    jobs: config.jobs,
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
