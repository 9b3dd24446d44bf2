import { emptyFileConfig, type FileConfig } from "./file-config.ts";
import { fileConfigOf } from "./file-config-of.ts";
import { fileShape } from "./keys.ts";
import { readYaml, type ReadYaml } from "./read-yaml.ts";
import { isNothing, startOf } from "./shape.ts";

/** What the text of a configuration file says, or all that is wrong with it at once. `path` is what errors call the file. */
export function parseConfigFile(text: string, path: string): ReadYaml<FileConfig> {
  return readYaml(text, path, "1.2", (root, reader, marks) => {
    if (isNothing(root)) return emptyFileConfig;
    const read = fileShape.read({ name: "the file", node: root, at: startOf(root, 0) }, reader);
    return read && fileConfigOf(read, (at, message) => reader.report(at, message), marks);
  });
}
