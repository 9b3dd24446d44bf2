import type { Settings } from "../core/partition/settings.ts";
import { foldSettings } from "../platform/config/fold-config.ts";
import type { Config } from "./config/config.ts";

/** What the configuration decides about the fold. */
export function settingsOf(config: Config): Settings {
  const { flink, rules, jobs } = config;
  return { flink, rules, jobs, ...foldSettings(config) };
}
