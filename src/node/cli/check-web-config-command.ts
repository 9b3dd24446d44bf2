import { checkWebConfig } from "../web-config/check-web-config.ts";
import { runFileCheck } from "./check-file.ts";
import type { Streams } from "./streams.ts";

export function runCheckWebConfig(args: readonly string[], streams: Streams): number {
  return runFileCheck("check-web-config", "a web configuration file", checkWebConfig, args, streams);
}
