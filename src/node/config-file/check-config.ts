import { FAILED, OK } from "../cli/exit-codes.ts";
import { readConfigFile } from "./read-config-file.ts";

export interface CheckedConfig {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** What `sluice check-config` says of a file: that it is valid, or one line for each error. */
export function checkConfig(path: string): CheckedConfig {
  const read = readConfigFile(path);
  if (!read.ok) return { lines: read.errors, exitCode: FAILED };
  const { rules, jobs, flink } = read.config;
  const parts = [
    counted(rules.length, "rule", "rules"),
    counted(jobs.length, "entry under jobs", "entries under jobs"),
    flink.enabled ? "Flink's own rules on" : "Flink's own rules off",
  ];
  return { lines: [`${path} is valid: ${parts.join(", ")}`], exitCode: OK };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
