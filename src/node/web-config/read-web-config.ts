import { readFileSync } from "node:fs";
import { readYaml, type ReadYaml } from "../../platform/config-file/read-yaml.ts";
import { isNothing, startOf } from "../../platform/config-file/shape.ts";
import { readTextFile } from "../config-file/read-text-file.ts";
import { webFileShape } from "./keys.ts";
import { emptyWebConfig, type WebConfig } from "./web-config.ts";
import { webConfigOf } from "./web-config-of.ts";

export interface ReadWebConfig {
  readonly read: ReadYaml<WebConfig>;
  /** The file and those that it names: where any of them changes, it is to be read again. */
  readonly files: readonly string[];
}

/** Reads a web configuration file and the certificates that it names, or says all that is wrong with them at once. */
export function readWebConfig(path: string): ReadWebConfig {
  const files = [path];
  function readNamed(name: string): string {
    files.push(name);
    return readFileSync(name, "utf8");
  }
  const file = readTextFile(path);
  if (!file.ok) return { read: file, files };
  const read = readYaml(file.text, path, "1.1", (root, reader) => {
    if (isNothing(root)) return emptyWebConfig;
    const section = webFileShape.read({ name: "the file", node: root, at: startOf(root, 0) }, reader);
    return section && webConfigOf(section, path, (at, message) => reader.report(at, message), readNamed);
  });
  return { read, files };
}
