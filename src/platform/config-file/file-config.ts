import type { JobConfig, RuleConfig } from "../../core/rollup/rules/rule-config.ts";
import type { MergeConfig } from "../config/merge-options.ts";
import type { Permission } from "../permissions/permission.ts";

/** What a configuration file says. */
export interface FileConfig {
  readonly rules: readonly RuleConfig[];
  readonly jobs: readonly JobConfig[];
  readonly flink: FileFlink;
  /** By user. Who is not there may do everything. */
  readonly permissions: ReadonlyMap<string, readonly Permission[]>;
  /** The settings that flags have too, in the order of the file. */
  readonly settings: readonly FileSetting[];
}

/** `enabled: false` is `flink: false`: no family is Flink's, and no group is a fleet's because of one. */
export interface FileFlink {
  readonly enabled: boolean;
  readonly level: MergeConfig["flinkLevel"] | undefined;
  readonly counters: MergeConfig["flinkCounters"] | undefined;
  readonly instanceLabel: string | undefined;
  readonly companions: boolean | undefined;
  readonly intervals: boolean | undefined;
}

/** A setting that stands in the file, and the flag that may not say it as well. */
export interface FileSetting {
  readonly key: string;
  readonly flag: `--${string}`;
  readonly where: string;
}

export const emptyFileConfig: FileConfig = {
  rules: [],
  jobs: [],
  flink: {
    enabled: true,
    level: undefined,
    counters: undefined,
    instanceLabel: undefined,
    companions: undefined,
    intervals: undefined,
  },
  permissions: new Map(),
  settings: [],
};

/** What the file says of merging, where it says something, and otherwise the options. */
export function withFlink<T extends MergeConfig>(options: T, { flink }: FileConfig): T {
  return {
    ...options,
    flinkLevel: flink.level ?? options.flinkLevel,
    flinkCounters: flink.counters ?? options.flinkCounters,
    flinkInstanceLabel: flink.instanceLabel ?? options.flinkInstanceLabel,
    flinkIntervals: flink.intervals ?? options.flinkIntervals,
    companions: flink.companions ?? options.companions,
  };
}
