import type { Settings } from "../core/partition/settings.ts";
import { foldSettings } from "../platform/config/fold-config.ts";
import type { Option } from "../platform/config/option.ts";
import { optionsOf, valuesOf } from "../platform/config/option.ts";
import type { EdgeConfig } from "./options.ts";
import { edgeOptions } from "./options.ts";

export type ReadEnv =
  | { readonly ok: true; readonly config: EdgeConfig }
  | { readonly ok: false; readonly message: string };

/** The name of an option among the variables of a Worker. */
function variableOf({ flag }: Pick<Option<unknown>, "flag">): string {
  return `SLUICE_${flag.slice(2).replaceAll(/[.-]/g, "_").toUpperCase()}`;
}

/** What the variables and secrets of a Worker say, or all that is wrong with them at once. Secrets are not shown. */
export function readEnv(env: Readonly<Record<string, unknown>>): ReadEnv {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  const known = new Set<string>();
  for (const [name, option] of optionsOf(edgeOptions)) {
    const variable = variableOf(option);
    known.add(variable);
    const given = textOf(env[variable]);
    if (given === "") continue;
    const value = option.kind.parse(given);
    const refusal = value === undefined ? `expected ${option.kind.expects}` : option.refuse?.(value);
    if (refusal !== undefined) problems.push(`${variable}: ${refusal}`);
    else values.set(name, value);
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith("SLUICE_") && !known.has(name)) problems.push(`${name}: there is no such variable`);
  }
  return problems.length > 0
    ? { ok: false, message: problems.join("; ") }
    : { ok: true, config: valuesOf(edgeOptions, values) };
}

/** A variable in a file may be a number or a boolean. */
function textOf(given: unknown): string {
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  return typeof given === "string" ? given : "";
}

/** What the partitions follow. */
export function settingsOf(config: EdgeConfig): Settings {
  return { flink: true, rules: [], jobs: [], ...foldSettings(config) };
}

/** The same where a partition or the registry is asked, which nobody asks before the Worker has read it. */
export function configIn(env: Readonly<Record<string, unknown>>): EdgeConfig {
  const read = readEnv(env);
  if (!read.ok) throw new Error(read.message);
  return read.config;
}
