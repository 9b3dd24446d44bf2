import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const RULES = join(import.meta.dirname, "../../docs/monitoring/rules");

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export function ruleFiles(): string[] {
  return readdirSync(RULES).map((name) => join(RULES, name));
}

/** All rules of all files. */
export function readRules(): (AlertingRule | RecordingRule)[] {
  return ruleFiles().flatMap((file) => {
    const { groups } = parse(readFileSync(file, "utf8")) as {
      groups: { rules: (AlertingRule | RecordingRule)[] }[];
    };
    return groups.flatMap(({ rules }) => rules);
  });
}

export function readAlerts(): AlertingRule[] {
  return readRules().filter((rule) => "alert" in rule);
}
