import { readFileSync } from "node:fs";
import { isAlias, isNode, LineCounter, type Document, parseDocument } from "yaml";
import { isSystemError } from "../cli/system-error.ts";
import { emptyFileConfig, type FileConfig } from "./file-config.ts";
import { fileConfigOf, type Marks } from "./file-config-of.ts";
import { fileShape } from "./keys.ts";
import { isNothing, type Reader, startOf } from "./shape.ts";

export type ReadConfigFile =
  | { readonly ok: true; readonly config: FileConfig }
  /** One line each: `file:line:column: what is wrong, what to do`. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads a configuration file, or says all that is wrong with it at once. */
export function readConfigFile(path: string): ReadConfigFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ok: false, errors: [`${path}: cannot be read: ${error.message}`] };
  }
  return parseConfigFile(text, path);
}

/** The same for the text of a file. */
export function parseConfigFile(text: string, path: string): ReadConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults: Fault[] = [...document.errors, ...document.warnings].map(notYaml);
  const report = (at: number, message: string): void => void faults.push({ at, message });
  const marks: Marks = {
    lineOf: (at) => lines.linePos(at).line,
    where(at) {
      const { line, col } = lines.linePos(at);
      return `${path}:${line}:${col}`;
    },
  };
  const config = faults.length === 0 ? readDocument(document, text, report, marks) : undefined;
  if (faults.length === 0 && config !== undefined) return { ok: true, config };
  const inOrder = faults.toSorted((a, b) => a.at - b.at);
  return { ok: false, errors: inOrder.map(({ at, message }) => `${marks.where(at)}: ${message}`) };
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

function notYaml(error: { readonly pos: readonly [number, number]; readonly message: string }): Fault {
  // One of its messages advises a programmer.
  const [what] = error.message.split("; please use");
  return { at: error.pos[0], message: `not YAML: ${what}` };
}

function readDocument(
  document: Document,
  text: string,
  report: Reader["report"],
  marks: Marks,
): FileConfig | undefined {
  const reader: Reader = {
    report,
    resolve(node) {
      // An alias is followed once: YAML has none that stands for another.
      const found: unknown = isAlias(node) ? node.resolve(document) : node;
      if (isAlias(node) && found === undefined) {
        report(
          node.range?.[0] ?? 0,
          `*${node.source} stands for nothing: no &${node.source} stands before it`,
        );
      }
      return isNode(found) ? found : null;
    },
    source: ({ range }) => (range ? text.slice(range[0], range[1]) : ""),
  };
  const root = reader.resolve(document.contents);
  if (isNothing(root)) return emptyFileConfig;
  const read = fileShape.read({ name: "the file", node: root, at: startOf(root, 0) }, reader);
  return read && fileConfigOf(read, report, marks);
}
