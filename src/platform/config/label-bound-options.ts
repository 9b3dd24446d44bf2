import type { LabelBounds } from "../../core/partition/oversize.ts";
import type { OptionTable } from "./option.ts";
import { count } from "./value-kinds.ts";

/** The same on every platform. */
export const labelBoundOptions: OptionTable<LabelBounds> = {
  maxLabels: {
    flag: "--limit.labels",
    group: "Limits",
    kind: count(),
    default: 64,
    help: "The most labels of a series, with those of its grouping key.",
  },
  maxLabelNameLength: {
    flag: "--limit.label-name-length",
    group: "Limits",
    kind: count(),
    default: 1024,
    help: "The longest name of a label, in characters.",
  },
  maxLabelValueLength: {
    flag: "--limit.label-value-length",
    group: "Limits",
    kind: count(),
    default: 16_384,
    help: "The longest value of a label, in characters; Flink's task_name is long where tasks are chained.",
  },
  maxMetricNameLength: {
    flag: "--limit.metric-name-length",
    group: "Limits",
    kind: count(),
    default: 1024,
    help: "The longest name of a metric, in characters.",
  },
};
