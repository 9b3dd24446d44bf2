import { emptyFileConfig, type FileConfig, withFlink } from "../../platform/config-file/file-config.ts";
import { flagConflicts } from "../../platform/config-file/flag-conflicts.ts";
import { readConfigFile } from "../config-file/read-config-file.ts";
import type { ReadYaml } from "../../platform/config-file/read-yaml.ts";
import { readCommandLine } from "./command-line.ts";
import type { Config, FlagConfig } from "./config.ts";
import { valuesOf } from "../../platform/config/option.ts";
import { options } from "./options.ts";
import { sizeBytes } from "../../platform/config/size.ts";

export type ReadConfig =
  | { readonly kind: "config"; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "errors"; readonly errors: readonly string[] };

/** The configuration that flags and file ask for, or all that is wrong with them at once. */
export function readConfig(args: readonly string[]): ReadConfig {
  const { values, givenFlags, positionals, asked, warnings, errors } = readCommandLine(options, args);
  if (asked !== undefined) return { kind: asked };
  const problems = [
    ...positionals.map(
      (word) =>
        `unknown command ${word}; the commands are check-config, check-web-config, demo, explain, import, repair, replay and snapshot`,
    ),
    ...errors,
    ...contradictions(values),
  ];
  const file = readFile(values.configFile);
  problems.push(...(file.ok ? flagConflicts(file.config, givenFlags) : file.errors));
  if (file.ok && file.config.permissions.size > 0 && values.webConfigFile === "") {
    problems.push(
      `${values.configFile}: permissions: they are of users, and --web.config.file, which has users, is not given`,
    );
  }
  if (!file.ok || problems.length > 0) return { kind: "errors", errors: problems };
  const routePrefix = routePrefixOf(values.routePrefix, values.externalUrl);
  const storageFolder = storageFolderOf(values, givenFlags);
  return {
    kind: "config",
    config: { ...withFile(values, file.config), routePrefix, storageFolder },
    warnings,
  };
}

/** What a relay without any flags does. */
export function defaultConfig(): Config {
  return withFile(valuesOf(options, new Map()), emptyFileConfig);
}

function readFile(path: string): ReadYaml<FileConfig> {
  return path === "" ? { ok: true, config: emptyFileConfig } : readConfigFile(path);
}

/** No flag says what the file says too: that would have been a conflict. */
function withFile(values: FlagConfig, file: FileConfig): Config {
  const { rules, jobs, flink, permissions } = file;
  return {
    ...withFlink(values, file),
    storageFolder: values.storagePath,
    rules,
    jobs,
    permissions,
    flink: flink.enabled,
  };
}

function contradictions({ maxBodyBytes, maxInflightBytes, maxWaitingBytes }: FlagConfig): string[] {
  const rooms = { "--limit.inflight-bytes": maxInflightBytes, "--limit.waiting-bytes": maxWaitingBytes };
  const body = sizeBytes.render(maxBodyBytes);
  return Object.entries(rooms).flatMap(([flag, bytes]) =>
    bytes >= maxBodyBytes
      ? []
      : [`${flag}=${sizeBytes.render(bytes)}: expected at least --limit.body-bytes, which is ${body}`],
  );
}

/** The name of a Pushgateway's own file is left alone: it may be there. */
function storageFolderOf(
  { storagePath, persistenceFile }: FlagConfig,
  givenFlags: ReadonlySet<string>,
): string {
  if (givenFlags.has("--storage.path") || !givenFlags.has("--persistence.file")) return storagePath;
  return persistenceFile === "" ? "" : `${persistenceFile}.d`;
}

/** As a Pushgateway does: the path of the external URL unless given, a slash before it, none behind it. */
function routePrefixOf(given: string, externalUrl: string): string {
  const prefix = given === "" ? pathOf(externalUrl) : given;
  const bare = prefix.replaceAll(/^\/+|\/+$/g, "");
  return bare === "" ? "" : `/${bare}`;
}

/** Every URL that the option accepts is a path, with or without scheme and host. */
function pathOf(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}
