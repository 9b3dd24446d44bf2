import type { FileConfig } from "../../platform/config-file/file-config.ts";
import { parseConfigFile } from "../../platform/config-file/parse-config-file.ts";
import type { ReadYaml } from "../../platform/config-file/read-yaml.ts";
import { readTextFile } from "./read-text-file.ts";

/** Reads a configuration file, or says all that is wrong with it at once. */
export function readConfigFile(path: string): ReadYaml<FileConfig> {
  const file = readTextFile(path);
  return file.ok ? parseConfigFile(file.text, path) : file;
}
