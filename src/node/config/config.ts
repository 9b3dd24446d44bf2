import type { JobConfig, RuleConfig } from "../../core/rollup/rules/rule-config.ts";
import type { Permission } from "../../platform/permissions/permission.ts";
import type { LimitConfig } from "../limits/limit-config.ts";
import type { ListenAddress } from "./listen-address.ts";
import type { FoldConfig } from "../../platform/config/fold-config.ts";
import type { RelayConfig } from "../../platform/config/relay-options.ts";
import type { ForwardConfig } from "../../platform/config/forward-options.ts";

/** What the operator decided: by flags, and in the configuration file. */
export interface Config extends FlagConfig {
  /** Whether Flink's own metrics are merged. */
  readonly flink: boolean;
  readonly rules: readonly RuleConfig[];
  readonly jobs: readonly JobConfig[];
  /** What users may do, by their names. Who is not there may do everything. */
  readonly permissions: ReadonlyMap<string, readonly Permission[]>;
  /** Where what is pushed is stored; empty means memory. */
  readonly storageFolder: string;
}

/** What flags say. `options.ts` holds the row of each field. */
export interface FlagConfig extends FoldConfig, ForwardConfig, LimitConfig, RelayConfig {
  /** Empty if there is none. */
  readonly configFile: string;

  /** Empty if there is none. */
  readonly webConfigFile: string;
  readonly listenAddresses: readonly ListenAddress[];
  /** A secret, empty if there is none. Shown nowhere. */
  readonly pathToken: string;
  /** Empty if there is none. */
  readonly pathTokenFile: string;
  /** Whether systemd's sockets stand in for those addresses. */
  readonly systemdSocket: boolean;
  /** Where scrapes go, below the route prefix. Starts with a slash. */
  readonly telemetryPath: string;
  /** Empty if not given. */
  readonly externalUrl: string;
  /** Either empty, or starts with a slash and does not end with one. */
  readonly routePrefix: string;
  /** Whether a request may have the configuration file read again, or end the process. */
  readonly lifecycle: boolean;
  /** Whether requests may delete what many have pushed, and undo what has been counted. */
  readonly adminApi: boolean;
  /** Accepted for a Debian Pushgateway's sake; nothing reads it. */
  readonly localAssets: string;

  /** The gateway that gets copies of pushes; empty if there is none. May hold a password. */
  readonly teeUrl: string;

  /** Holds a token for the relay that gets the merged view; empty if there is none. */
  readonly forwardTokenFile: string;

  readonly threads: number;

  /** `storageFolder` is what these two come to. */
  readonly storagePath: string;
  readonly persistenceFile: string;
  /** Accepted for a Pushgateway's sake; nothing reads it. */
  readonly persistenceIntervalMs: number;

  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFormat = "logfmt" | "json";
