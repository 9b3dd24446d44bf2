import { emptyFileConfig, type FileConfig } from "./file-config.ts";
import { fileConfigOf } from "./file-config-of.ts";
import { fileShape } from "./keys.ts";
import { readYaml, readYamlFile, type ReadRoot, type ReadYaml } from "./read-yaml.ts";
import { isNothing, startOf } from "./shape.ts";

/** Reads a configuration file, or says all that is wrong with it at once. */
export function readConfigFile(path: string): ReadYaml<FileConfig> {
  return readYamlFile(path, "1.2", readRoot);
}

/** The same for the text of a file. */
export function parseConfigFile(text: string, path: string): ReadYaml<FileConfig> {
  return readYaml(text, path, "1.2", readRoot);
}

const readRoot: ReadRoot<FileConfig> = (root, reader, marks) => {
  if (isNothing(root)) return emptyFileConfig;
  const read = fileShape.read({ name: "the file", node: root, at: startOf(root, 0) }, reader);
  return read && fileConfigOf(read, (at, message) => reader.report(at, message), marks);
};
