import { isMap, isScalar } from "yaml";
import { isNothing, type Place, type Reader, type Shape, startOf } from "./shape.ts";

/** A mapping of names that the user chooses. `item` reads the value of one. */
export function mapOf<T>(expects: string, item: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return {
    schema: { type: ["object", "null"], additionalProperties: item.schema },
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
        const name = textOf({ node: key }) ?? "";
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

/** What YAML takes for a number or a truth value as the text that it is, and nothing as an empty one. */
export function textOf({ node }: Pick<Place, "node">): string | undefined {
  if (isNothing(node)) return "";
  if (!isScalar(node)) return undefined;
  return typeof node.value === "string" ? node.value : node.source;
}
