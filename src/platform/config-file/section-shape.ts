import { isMap, isScalar, type Node, type Pair } from "yaml";
import { nearest } from "../config/nearest.ts";
import { reportUnexpected } from "./scalar-shapes.ts";
import { type Place, type Reader, type Shape, startOf } from "./shape.ts";

/** One key of a section. */
interface Field<T> {
  /** One sentence, for the schema and the documentation. */
  readonly about: string;
  readonly shape: Shape<T>;
  readonly isRequired?: true;
}

export type Fields<T> = { readonly [Key in keyof T]-?: Field<Exclude<T[Key], undefined>> };

/** What a section says, and where it says it. */
export interface Section<T> {
  readonly values: Readonly<Partial<T>>;
  /** Where the section begins. */
  readonly at: number;
  /** Where the value of a key stands, if the key is there. */
  readonly keysAt: ReadonlyMap<string, number>;
}

/** A mapping with these keys and no others. */
export function section<T extends object>(fields: Fields<T>): Shape<Section<T>> {
  const table = new Map(Object.entries<Field<unknown>>(fields));
  const required = [...table].filter(([, { isRequired }]) => isRequired).map(([key]) => key);
  const properties = [...table].map(([key, { about, shape }]) => [
    key,
    { description: about, ...shape.schema },
  ]);
  return {
    schema: {
      type: "object",
      additionalProperties: false,
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(properties) as object,
    },
    read(place, reader) {
      if (!isMap(place.node)) {
        reportUnexpected(place, reader, `a mapping with ${listed([...table.keys()])}`);
        return undefined;
      }
      const values = new Map<string, unknown>();
      const keysAt = new Map<string, number>();
      for (const pair of place.node.items) {
        const found = keyOf(pair, place, reader);
        const field = table.get(found.key);
        if (field === undefined) {
          reader.report(found.at, unknownKey(found.key, [...table.keys()]));
          continue;
        }
        const node = reader.resolve(pair.value);
        const at = startOf(node, found.at);
        keysAt.set(found.key, at);
        const value = field.shape.read({ name: found.key, node, at }, reader);
        if (value !== undefined) values.set(found.key, value);
      }
      for (const key of required) {
        if (!keysAt.has(key)) reader.report(place.at, `${key} is missing: ${table.get(key)?.about ?? ""}`);
      }
      return { values: Object.fromEntries(values) as Partial<T>, at: place.at, keysAt };
    },
  };
}

function keyOf(pair: Pair, place: Place, reader: Reader): { readonly key: string; readonly at: number } {
  const node: Node | null = reader.resolve(pair.key);
  const key = isScalar(node) ? String(node.value) : "";
  return { key, at: startOf(node, place.at) };
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key ${key === "" ? '""' : key}; the nearest known one is ${nearest(key, known)}`;
}

function listed(keys: readonly string[]): string {
  return keys.length === 1 ? String(keys[0]) : `${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}`;
}
