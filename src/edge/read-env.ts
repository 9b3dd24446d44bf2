import type { Settings } from "../core/partition/settings.ts";
import type { FileConfig } from "../platform/config-file/file-config.ts";
import { withFlink } from "../platform/config-file/file-config.ts";
import { flagConflicts } from "../platform/config-file/flag-conflicts.ts";
import { foldSettings } from "../platform/config/fold-config.ts";
import { optionsOf, valuesOf } from "../platform/config/option.ts";
import { sizeBytes } from "../platform/config/size.ts";
import type { EdgeConfig } from "./options.ts";
import { edgeOptions } from "./options.ts";
import { readFile } from "./read-file.ts";

/** What the operator of a site decided, by variables and in `edge.yml`. */
export interface SiteConfig extends EdgeConfig, Pick<Settings, "flink" | "rules" | "jobs"> {}

export type ReadEnv =
  | { readonly ok: true; readonly config: SiteConfig }
  | { readonly ok: false; readonly message: string };

/** The name of an option among the variables of a Worker. */
function variableOf(flag: string): string {
  return `SLUICE_${flag.slice(2).replaceAll(/[.-]/g, "_").toUpperCase()}`;
}

/** What the variables and secrets of a Worker and the text of its `edge.yml` say, or all that is wrong with them at once. Secrets are not shown. */
export function readEnv(env: Readonly<Record<string, unknown>>, fileText: string): ReadEnv {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  const known = new Set<string>();
  const givenFlags = new Set<string>();
  for (const [name, option] of optionsOf(edgeOptions)) {
    const variable = variableOf(option.flag);
    known.add(variable);
    const given = textOf(env[variable]);
    if (given === "") continue;
    givenFlags.add(option.flag);
    const value = option.kind.parse(given);
    const refusal = value === undefined ? `expected ${option.kind.expects}` : option.refuse?.(value);
    if (refusal !== undefined) problems.push(`${variable}: ${refusal}`);
    else values.set(name, value);
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith("SLUICE_") && !known.has(name)) problems.push(`${name}: there is no such variable`);
  }
  problems.push(...contradictions(valuesOf(edgeOptions, values)));
  const file = readFile(fileText);
  problems.push(...(file.ok ? flagConflicts(file.config, givenFlags, variableOf) : file.errors));
  return file.ok && problems.length === 0
    ? { ok: true, config: withFile(valuesOf(edgeOptions, values), file.config) }
    : { ok: false, message: problems.join("; ") };
}

/** A compressed body takes twice its size for a moment, when it outgrows the memory that it was given. */
function contradictions({ maxBodyBytes, maxInflightBytes }: EdgeConfig): string[] {
  if (maxInflightBytes >= 2 * maxBodyBytes) return [];
  const [inflight, body] = [sizeBytes.render(maxInflightBytes), sizeBytes.render(maxBodyBytes)];
  return [
    `SLUICE_LIMIT_INFLIGHT_BYTES is ${inflight}: expected at least twice SLUICE_LIMIT_BODY_BYTES, which is ${body}`,
  ];
}

/** No variable says what the file says too: that would have been a conflict. */
function withFile(values: EdgeConfig, file: FileConfig): SiteConfig {
  const { flink, rules, jobs } = file;
  return { ...withFlink(values, file), flink: flink.enabled, rules, jobs };
}

/** A variable in a file may be a number or a boolean. */
function textOf(given: unknown): string {
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  return typeof given === "string" ? given : "";
}

/** What the partitions follow. */
export function settingsOf(config: SiteConfig): Settings {
  const { flink, rules, jobs } = config;
  return { flink, rules, jobs, ...foldSettings(config) };
}

/** The same where a partition or the registry is asked, which nobody asks before the Worker has read it. */
export function configIn(env: Readonly<Record<string, unknown>>, fileText: string): SiteConfig {
  const read = readEnv(env, fileText);
  if (!read.ok) throw new Error(read.message);
  return read.config;
}

const FLAGS: ReadonlySet<string> = new Set(optionsOf(edgeOptions).map(([, { flag }]) => flag));

/** The refusal with the options that it names as a site has them. */
export function inVariables<R extends { readonly message: string }>(refusal: R): R {
  const message = refusal.message.replaceAll(/--[a-z0-9.-]+/g, (flag) =>
    FLAGS.has(flag) ? variableOf(flag) : flag,
  );
  return { ...refusal, message };
}
