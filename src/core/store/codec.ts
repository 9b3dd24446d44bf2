import type { Reading, Writing } from "./context.ts";

/** How values of one type are written as data that can be packed, and made from it again. */
export interface Codec<T> {
  write(this: void, value: T, writing: Writing): unknown;
  /** `stored` is what `write` answered, after it was packed and unpacked. */
  read(this: void, stored: unknown, reading: Reading): T;
}

/** What can be packed as it is, and holds no object that something else refers to. */
export function data<T>(): Codec<T> {
  return {
    write: (value) => value,
    read: (stored) => stored as T,
  };
}

/** What is found again from the rest when it is needed, and is not there before. */
export const forgotten: Codec<undefined> = { write: () => undefined, read: () => undefined };

/**
 * An object, by the codec of each field. A field that is added to `T` does not compile until it has a row
 * here, so that nothing of a state is forgotten.
 */
export function record<T extends object>(fields: { readonly [Name in keyof T]-?: Codec<T[Name]> }): Codec<T> {
  const rows = Object.entries<Codec<unknown>>(fields);
  return {
    write(value, writing) {
      const values = value as { readonly [name: string]: unknown };
      const stored: Record<string, unknown> = {};
      for (const [name, codec] of rows) stored[name] = codec.write(values[name], writing);
      return stored;
    },
    read(stored, reading) {
      const values = stored as { readonly [name: string]: unknown };
      const value: Record<string, unknown> = {};
      for (const [name, codec] of rows) value[name] = codec.read(values[name], reading);
      return value as T;
    },
  };
}

export function list<T>(item: Codec<T>): Codec<T[]> {
  return {
    write: (values, writing) => values.map((value) => item.write(value, writing)),
    read: (stored, reading) => (stored as unknown[]).map((value) => item.read(value, reading)),
  };
}

export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    write: (value, writing) => (value === undefined ? undefined : codec.write(value, writing)),
    read: (stored, reading) => (stored === undefined ? undefined : codec.read(stored, reading)),
  };
}

export function mapOf<K, V>(value: Codec<V>): Codec<Map<K, V>> {
  return {
    write: (map, writing) => new Map([...map].map(([key, each]) => [key, value.write(each, writing)])),
    read: (stored, reading) =>
      new Map([...(stored as Map<K, unknown>)].map(([key, each]) => [key, value.read(each, reading)])),
  };
}

/** Doubles as their bytes, each bit as it is. */
export const floats: Codec<Float64Array> = {
  write: bytesOf,
  read: (stored) => floatsOf(stored as Uint8Array),
};

export function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A copy: what was unpacked stands in memory where it happens to stand. */
export function floatsOf(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.slice().buffer);
}

/** Whole numbers from 0 to 2^32 - 1, in as many bytes each as the largest needs. */
export const integers: Codec<readonly number[]> = {
  write: (values) => writeIntegers(values),
  read: (stored) => Array.from(readIntegers(stored)),
};

export const integerSet: Codec<ReadonlySet<number>> = {
  write: (values) => writeIntegers([...values]),
  read: (stored) => new Set(readIntegers(stored)),
};

export const uint32s: Codec<Uint32Array> = {
  write: (values) => writeIntegers(values),
  read: (stored) => Uint32Array.from(readIntegers(stored)),
};

export const uint8s: Codec<Uint8Array> = {
  write: (values) => values,
  read: (stored) => Uint8Array.from(stored as Uint8Array),
};

type Integers = Uint8Array | Uint16Array | Uint32Array;

function writeIntegers(values: Iterable<number> & ArrayLike<number>): [width: number, bytes: Uint8Array] {
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, values[i] ?? 0);
  const packed: Integers =
    most < 2 ** 8
      ? Uint8Array.from(values)
      : most < 2 ** 16
        ? Uint16Array.from(values)
        : Uint32Array.from(values);
  return [packed.BYTES_PER_ELEMENT, new Uint8Array(packed.buffer)];
}

function readIntegers(stored: unknown): Integers {
  const [width, bytes] = stored as [width: number, bytes: Uint8Array];
  const { buffer } = bytes.slice();
  if (width === 1) return new Uint8Array(buffer);
  return width === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
}
