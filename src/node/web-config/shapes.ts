import { nearest } from "../../platform/config/nearest.ts";
import { textOf } from "../../platform/config-file/map-shape.ts";
import { reportUnexpected } from "../../platform/config-file/scalar-shapes.ts";
import { isNothing, type Shape } from "../../platform/config-file/shape.ts";

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
