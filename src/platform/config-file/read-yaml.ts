import { isAlias, isNode, LineCounter, type Document, type Node, parseDocument } from "yaml";
import { oneLine } from "../one-line.ts";
import type { Reader } from "./shape.ts";

export type ReadYaml<T> =
  | { readonly ok: true; readonly config: T }
  /** One line each: `file:line:column: what is wrong, what to do`. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** How places of the file are told to a person. */
export interface Marks {
  lineOf(at: number): number;
  /** `file:line:column`. */
  where(at: number): string;
}

/** Makes a configuration of the root of a file; null where the file is empty. */
export type ReadRoot<T> = (root: Node | null, reader: Reader, marks: Marks) => T | undefined;

/** 1.1 knows `yes` and `on` as truth values too. */
export type YamlVersion = "1.1" | "1.2";

/** Reads the text of a YAML file, or says all that is wrong with it at once. */
export function readYaml<T>(
  text: string,
  path: string,
  version: YamlVersion,
  readRoot: ReadRoot<T>,
): ReadYaml<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version });
  const faults: Fault[] = [...document.errors, ...document.warnings].map(notYaml);
  const marks: Marks = {
    lineOf: (at) => lines.linePos(at).line,
    where(at) {
      const { line, col } = lines.linePos(at);
      return `${path}:${line}:${col}`;
    },
  };
  const reader = readerOf(document, text, (at, message) => void faults.push({ at, message }));
  const config = faults.length === 0 ? readRoot(reader.resolve(document.contents), reader, marks) : undefined;
  if (faults.length === 0 && config !== undefined) return { ok: true, config };
  const inOrder = faults.toSorted((a, b) => a.at - b.at);
  return { ok: false, errors: inOrder.map(({ at, message }) => `${marks.where(at)}: ${oneLine(message)}`) };
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

function notYaml(error: { readonly pos: readonly [number, number]; readonly message: string }): Fault {
  // Some of its messages advise a programmer, others quote the file, where a password may stand.
  const [what] = error.message.split(/; please use|: /);
  return { at: error.pos[0], message: `not YAML: ${what}` };
}

function readerOf(document: Document, text: string, report: Reader["report"]): Reader {
  return {
    report,
    resolve(node) {
      // An alias is followed once: YAML has none that stands for another.
      const found: unknown = isAlias(node) ? node.resolve(document) : node;
      if (isAlias(node) && found === undefined) {
        report(
          node.range?.[0] ?? 0,
          "an alias (*) that stands for nothing: no anchor (&) of its name stands before it",
        );
      }
      return isNode(found) ? found : null;
    },
    source: ({ range }) => (range ? text.slice(range[0], range[1]) : ""),
  };
}
