import type { Codec } from "./codec.ts";
import { integers } from "./codec.ts";
import type { Reading, Writing } from "./context.ts";

/** Writes what `write` writes, together with the shared objects that it refers to. */
export function writeShared(write: (writing: Writing) => unknown): unknown {
  const writing: Writing = { pools: new Map() };
  const root = write(writing);
  return { root, pools: Object.fromEntries([...writing.pools].map(([name, { items }]) => [name, items])) };
}

export function readShared<T>(
  stored: unknown,
  ruling: Reading["ruling"],
  read: (root: unknown, reading: Reading) => T,
): T {
  const { root, pools } = stored as { readonly root: unknown; readonly pools: Reading["stored"] };
  return read(root, { stored: pools, made: new Map(), group: undefined, labelSets: undefined, ruling });
}

/** A reference to a shared object. `pool` is a name that no other codec has. */
export function shared<T>(pool: string, codec: Codec<T>): Codec<T> {
  return {
    write: (value, writing) => numberOf(pool, codec, value, writing),
    read: (stored, reading) => objectOf(pool, codec, stored as number, reading),
  };
}

/** References in the order of the list, a few bytes each. `identify` says which values are one. */
export function sharedList<T>(
  pool: string,
  codec: Codec<T>,
  identify: (value: T) => unknown = (value) => value,
): Codec<readonly T[]> {
  return {
    write: (values, writing) =>
      integers.write(
        values.map((value) => numberOf(pool, codec, value, writing, identify(value))),
        writing,
      ),
    read: (stored, reading) =>
      integers.read(stored, reading).map((number) => objectOf(pool, codec, number, reading)),
  };
}

function numberOf<T>(
  name: string,
  codec: Codec<T>,
  value: T,
  writing: Writing,
  identity: unknown = value,
): number {
  let pool = writing.pools.get(name);
  if (pool === undefined) writing.pools.set(name, (pool = { numbers: new Map(), items: [] }));
  const { numbers, items } = pool;
  let number = numbers.get(identity);
  if (number === undefined) {
    number = items.push(undefined) - 1;
    numbers.set(identity, number);
    items[number] = codec.write(value, writing);
  }
  return number;
}

function objectOf<T>(name: string, codec: Codec<T>, number: number, reading: Reading): T {
  let made = reading.made.get(name);
  if (made === undefined) reading.made.set(name, (made = []));
  made[number] ??= codec.read(reading.stored[name]?.[number], reading);
  return made[number] as T;
}
