import type { FoldConfig } from "./fold-config.ts";
import type { OptionTable } from "./option.ts";
import { choice, textLike, toggle } from "./value-kinds.ts";

/** What a configuration file can say too, below `flink`. */
export type MergeConfig = Pick<
  FoldConfig,
  "companions" | "flinkLevel" | "flinkCounters" | "flinkInstanceLabel" | "flinkIntervals"
>;

/** The same on every platform. */
export const mergeOptions: OptionTable<MergeConfig> = {
  companions: {
    flag: "--companions",
    group: "View",
    kind: toggle,
    default: true,
    help: "Show X_max, X_avg or X_contributors beside a roll-up X whose one number would hide the truth.",
  },

  flinkLevel: {
    flag: "--flink.level",
    group: "Flink",
    kind: choice("attempt", "subtask", "task"),
    default: "task",
    help: "How far Flink's series are rolled up: not at all, to subtasks, or to tasks and operators.",
  },
  flinkCounters: {
    flag: "--flink.counters",
    group: "Flink",
    kind: choice("counter", "gauge"),
    default: "counter",
    help: "The type that Flink's counters are shown with; Flink itself sends them as gauges.",
  },
  flinkInstanceLabel: {
    flag: "--flink.instance-label",
    group: "Flink",
    kind: textLike("<label>", "a label name such as tm_id", /^([a-zA-Z_][a-zA-Z0-9_]*)?$/),
    default: "",
    help: "The label (such as tm_id) that fills instance for series of a process; empty leaves instance empty.",
  },
  flinkIntervals: {
    flag: "--flink.intervals",
    group: "Flink",
    kind: toggle,
    default: false,
    help: "Show X_quantile_lower and X_quantile_upper beside Flink's summaries X: the quantile over all sources is certain to lie between them.",
  },
};
