import { type FileConfig } from "../platform/config-file/file-config.ts";
import { parseConfigFile } from "../platform/config-file/parse-config-file.ts";
import type { ReadYaml } from "../platform/config-file/read-yaml.ts";

/** As errors call it. */
const FILE = "edge.yml";

/** What the configuration file of a site says, or all that is wrong with it at once. */
export function readFile(text: string): ReadYaml<FileConfig> {
  const read = parseConfigFile(text, FILE);
  if (!read.ok || read.config.permissions.size === 0) return read;
  const message = `${FILE}: permissions: they are of users, and a site has none; its tokens say who may do what`;
  return { ok: false, errors: [message] };
}
