import { isScalar } from "yaml";
import { isNothing, type Shape } from "./shape.ts";

/** A section, or `false` where there is to be none of it. Left empty it is as if the key were not there. */
export function orFalse<T>(shape: Shape<T>): Shape<T | false> {
  return {
    schema: { anyOf: [{ const: false }, { type: "null" }, shape.schema] },
    read(place, reader) {
      if (isNothing(place.node)) return undefined;
      if (isScalar(place.node) && place.node.value === false) return false;
      return shape.read(place, reader);
    },
  };
}
