import { readFileSync } from "node:fs";
import { readYamlFile, type ReadYaml } from "../config-file/read-yaml.ts";
import { isNothing, startOf } from "../config-file/shape.ts";
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
  const read = readYamlFile(path, "1.1", (root, reader) => {
    if (isNothing(root)) return emptyWebConfig;
    const file = webFileShape.read({ name: "the file", node: root, at: startOf(root, 0) }, reader);
    return file && webConfigOf(file, path, (at, message) => reader.report(at, message), readNamed);
  });
  return { read, files };
}
