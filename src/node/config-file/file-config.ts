import type { JobConfig, RuleConfig } from "../../core/rollup/rules/rule-config.ts";
import type { Config } from "../config/config.ts";
import type { Permission } from "../../platform/permissions/permission.ts";

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
  readonly level: Config["flinkLevel"] | undefined;
  readonly counters: Config["flinkCounters"] | undefined;
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
