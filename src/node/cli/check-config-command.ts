import { checkConfig } from "../config-file/check-config.ts";
import { runFileCheck } from "./check-file.ts";
import type { Streams } from "./streams.ts";

export function runCheckConfig(args: readonly string[], streams: Streams): number {
  return runFileCheck("check-config", "a configuration file", checkConfig, args, streams);
}
