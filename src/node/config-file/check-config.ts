import type { CheckedFile } from "../cli/check-file.ts";
import { readConfigFile } from "./read-config-file.ts";

/** What `sluice check-config` says of a file: that it is valid, or one line for each error. */
export function checkConfig(path: string): CheckedFile {
  const read = readConfigFile(path);
  if (!read.ok) return { isValid: false, lines: read.errors };
  const { rules, jobs, flink, permissions } = read.config;
  const parts = [
    counted(rules.length, "rule", "rules"),
    counted(jobs.length, "entry under jobs", "entries under jobs"),
    flink.enabled ? "Flink's own rules on" : "Flink's own rules off",
    ...(permissions.size === 0 ? [] : [counted(permissions.size, "user", "users") + " with permissions"]),
  ];
  return { isValid: true, lines: [`${path} is valid: ${parts.join(", ")}`] };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
