import type { Settings } from "../src/core/partition/settings.ts";

/** Those of a relay without any flag. */
export const SETTINGS: Settings = {
  flink: true,
  rules: [],
  jobs: [],
  level: "task",
  counterType: "counter",
  instanceLabel: "",
  companions: true,
  utf8Names: false,
  intervals: false,
  consistencyCheck: true,
  staleness: "auto",
  maxSeriesPerPush: 100_000,
  maxTombstones: 10_000,
  maxSeriesPerJob: 5_000_000,
  maxSeries: 10_000_000,
  maxSources: 50_000,
  maxLabels: 64,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 16_384,
  maxMetricNameLength: 1024,
};
