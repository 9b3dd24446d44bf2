import { isMap, isScalar, isSeq } from "yaml";
import type { ValueKind } from "../config/option.ts";
import type { JsonSchema, Place, Reader, Shape } from "./shape.ts";

/** One of some words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Shape<Word> {
  const expects = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return scalar({ enum: words }, expects, (value) => words.find((word) => word === value));
}

export const trueOrFalse: Shape<boolean> = scalar({ type: "boolean" }, "true or false", (value) =>
  typeof value === "boolean" ? value : undefined,
);

/** A whole number above 0. */
export const countAboveZero: Shape<number> = scalar(
  { type: "integer", minimum: 1 },
  "a whole number above 0",
  (value) => (typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined),
);

/** A number that a sample may have. NaN is one that nobody needs to name. */
export const sampleNumber: Shape<number> = scalar(
  { type: "number" },
  "a number (NaN is never a value and need not be listed)",
  (value) => (typeof value === "number" && !Number.isNaN(value) ? value : undefined),
);

export const labelName: Shape<string> = scalar(
  { type: "string", minLength: 1 },
  "the name of a label",
  (value) => (typeof value === "string" && value !== "" ? value : undefined),
);

/** A text that a flag would take as well; the flag's own words say what is expected. */
export function asFlag<T>(kind: ValueKind<T>, schema: JsonSchema): Shape<T> {
  return scalar({ type: "string", ...schema }, kind.expects, (value) =>
    typeof value === "string" ? kind.parse(value) : undefined,
  );
}

export function scalar<T>(
  schema: JsonSchema,
  expects: string,
  read: (value: unknown) => T | undefined,
): Shape<T> {
  return {
    schema,
    read(place, reader) {
      const value = isScalar(place.node) ? read(place.node.value) : undefined;
      if (value === undefined) reportUnexpected(place, reader, expects);
      return value;
    },
  };
}

export function reportUnexpected({ name, node, at }: Place, reader: Reader, expects: string): void {
  reader.report(at, `${name}: expected ${expects}, found ${described({ node }, reader)}`);
}

function described({ node }: Pick<Place, "node">, reader: Reader): string {
  if (node === null) return "nothing";
  if (isMap(node)) return "a mapping";
  if (isSeq(node)) return "a list";
  const source = reader.source(node);
  return source === "" ? "nothing" : source;
}
