import { isMap, isScalar } from "yaml";
import { nearest } from "../config/nearest.ts";
import { reportUnexpected } from "../config-file/scalar-shapes.ts";
import { isNothing, type Place, type Reader, type Shape, startOf } from "../config-file/shape.ts";

const ANY = {}; // no schema of this file is published: its format is exporter-toolkit's

/** A text; what YAML takes for a number or a truth value is one too, as it stands, and nothing is an empty one. */
export const text: Shape<string> = {
  schema: ANY,
  read(place, reader) {
    const found = textOf(place);
    if (found === undefined) reportUnexpected(place, reader, "a text");
    return found;
  },
};

/** The same, but no error shows what stands there. */
export const secret: Shape<string> = {
  schema: ANY,
  read(place, reader) {
    const found = textOf(place);
    if (found === undefined) reader.report(place.at, `${place.name}: expected a text`);
    return found;
  },
};

/** One of some words, which stand for something of ours. */
export function named<T>(what: string, words: ReadonlyMap<string, T>): Shape<T> {
  return {
    schema: ANY,
    read(place, reader) {
      const word = textOf(place);
      const value = words.get(word ?? "");
      if (word === undefined) reportUnexpected(place, reader, what);
      else if (value === undefined) {
        const near = nearest(word, [...words.keys()]);
        const shown = word === "" ? '""' : word;
        reader.report(place.at, `${place.name}: ${shown} is not ${what}; the nearest known one is ${near}`);
      }
      return value;
    },
  };
}

/** Left empty, as where all that stands below is commented out, it is as if it were not there. */
export function optional<T>(shape: Shape<T>): Shape<T> {
  return {
    schema: shape.schema,
    read: (place, reader) => (isNothing(place.node) ? undefined : shape.read(place, reader)),
  };
}

/** A mapping of names that the user chooses. `item` reads the value of one. */
export function mapOf<T>(expects: string, item: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return {
    schema: ANY,
    read(place, reader) {
      if (isNothing(place.node)) return undefined;
      if (!isMap(place.node)) {
        reader.report(place.at, `${place.name}: expected ${expects}`);
        return undefined;
      }
      const entries = new Map<string, T>();
      for (const pair of place.node.items) {
        const key = reader.resolve(pair.key);
        const at = startOf(key, place.at);
        const name = textOf({ name: place.name, node: key, at }) ?? "";
        const value = readItem(item, { name, node: reader.resolve(pair.value), at }, reader);
        if (value !== undefined) entries.set(name, value);
      }
      return entries;
    },
  };
}

function readItem<T>(item: Shape<T>, { name, node, at }: Place, reader: Reader): T | undefined {
  return item.read({ name, node, at: startOf(node, at) }, reader);
}

function textOf({ node }: Place): string | undefined {
  if (isNothing(node)) return "";
  if (!isScalar(node)) return undefined;
  return typeof node.value === "string" ? node.value : node.source;
}
