import { expect, test } from "vitest";
import { createBodyPool } from "../../src/node/body-pool.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

test("memory that is given back is used again for a body of about that size", () => {
  const pool = createBodyPool(10 * MIB);
  const first = pool.take(700 * KIB);
  if (first === undefined) throw new Error("no memory");
  pool.give(first);
  expect(pool.take(720 * KIB)).toBe(first);
  expect(pool.take(720 * KIB)).not.toBe(first);
});

test.each([
  [0, 64 * KIB],
  [1, 64 * KIB],
  [64 * KIB, 64 * KIB],
  [64 * KIB + 1, 80 * KIB],
  [700 * KIB, 768 * KIB],
  [725_000, 768 * KIB],
  [MIB, MIB],
  [MIB + 1, 1.25 * MIB],
  [16 * MIB, 16 * MIB],
])("a body of %i bytes gets %i", (bytes, size) => {
  expect(createBodyPool(MIB).take(bytes)?.byteLength).toBe(size);
});

test("past the bound there is none, until some is given back", () => {
  const pool = createBodyPool(256 * KIB);
  const taken = Array.from({ length: 4 }, () => pool.take(60 * KIB));
  expect(pool.inflightBytes()).toBe(256 * KIB);
  expect(pool.take(1)).toBeUndefined();
  const [first] = taken;
  if (first === undefined) throw new Error("no memory");
  pool.give(first);
  expect(pool.inflightBytes()).toBe(192 * KIB);
  expect(pool.take(1)).toBe(first);
});

test("a body that alone is past the bound is taken: its size has a bound of its own", () => {
  const pool = createBodyPool(MIB);
  expect(pool.take(MIB + 1)?.byteLength).toBe(1.25 * MIB);
  expect(pool.take(1)).toBeUndefined();
});

test("half of what lies idle is let go of at a time", () => {
  const pool = createBodyPool(10 * MIB);
  const taken = Array.from({ length: 4 }, () => pool.take(1) ?? new SharedArrayBuffer());
  for (const memory of taken) pool.give(memory);
  pool.trim();
  const again = Array.from({ length: 4 }, () => pool.take(1));
  expect(again.filter((memory) => memory !== undefined && taken.includes(memory))).toHaveLength(2);
});
