import { isSeq } from "yaml";
import { reportUnexpected } from "./scalar-shapes.ts";
import { isNothing, type Shape, startOf } from "./shape.ts";

/** A list; `expects` says of what, with an example. */
export function listOf<T>(item: Shape<T>, expects: string): Shape<readonly T[]> {
  return {
    schema: { type: "array", items: item.schema },
    read(place, reader) {
      const { node, name } = place;
      if (!isSeq(node)) {
        reportUnexpected(place, reader, expects);
        return undefined;
      }
      const read = node.items.map((each) => {
        const resolved = reader.resolve(each);
        return item.read({ name, node: resolved, at: startOf(resolved, place.at) }, reader);
      });
      const good = read.filter((value) => value !== undefined);
      return good.length === read.length ? good : undefined;
    },
  };
}

/** Where a list may also be left empty, as it is when all its entries are commented out. */
export function entries<T>(item: Shape<T>, expects: string): Shape<readonly T[]> {
  const list = listOf(item, expects);
  return {
    schema: { ...list.schema, type: ["array", "null"] },
    read: (place, reader) => (isNothing(place.node) ? [] : list.read(place, reader)),
  };
}
