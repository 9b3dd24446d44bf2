import { expect, test } from "vitest";
import { type BodyPool, createBodyPool, createPoolShare, type WholePool } from "../../src/node/body-pool.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

function poolOf(maxInflightBytes: number, maxInflightRequests = 100): WholePool {
  return createBodyPool({ maxInflightBytes, maxInflightRequests });
}

function taken(memory: ReturnType<BodyPool["take"]>): SharedArrayBuffer {
  if (typeof memory === "string") throw new Error(`no memory: ${memory}`);
  return memory;
}

test("memory that is given back is used again for a body of about that size", () => {
  const pool = poolOf(10 * MIB);
  const first = taken(pool.take(700 * KIB));
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
  expect(taken(poolOf(MIB).take(bytes)).byteLength).toBe(size);
});

test("past the bound there is none, until some is given back", () => {
  const pool = poolOf(256 * KIB);
  const all = Array.from({ length: 4 }, () => taken(pool.take(60 * KIB)));
  expect(pool.inflightBytes()).toBe(256 * KIB);
  expect(pool.take(1)).toBe("--limit.inflight-bytes");
  const [first] = all;
  if (first === undefined) throw new Error("no memory");
  pool.give(first);
  expect(pool.inflightBytes()).toBe(192 * KIB);
  expect(pool.take(1)).toBe(first);
});

test("a body that alone is past the bound is taken: its size has a bound of its own", () => {
  const pool = poolOf(MIB);
  expect(taken(pool.take(MIB + 1)).byteLength).toBe(1.25 * MIB);
  expect(pool.take(1)).toBe("--limit.inflight-bytes");
});

test("half of what lies idle is let go of at a time", () => {
  const pool = poolOf(10 * MIB);
  const all = Array.from({ length: 4 }, () => taken(pool.take(1)));
  for (const memory of all) pool.give(memory);
  pool.trim();
  const again = Array.from({ length: 4 }, () => taken(pool.take(1)));
  expect(again.filter((memory) => all.includes(memory))).toHaveLength(2);
});

test("so many bodies are in flight at a time, however small", () => {
  const pool = poolOf(10 * MIB, 2);
  const first = taken(pool.take(1));
  pool.take(1);
  expect(pool.take(1)).toBe("--limit.inflight-requests");
  pool.give(first);
  expect(pool.take(1)).toBe(first);
});

test("a share that is used up leaves the rest of the pool to others", () => {
  const pool = poolOf(MIB);
  const [one, other] = [createPoolShare(pool, 128 * KIB), createPoolShare(pool, 128 * KIB)];
  const first = taken(one.take(64 * KIB));
  one.take(64 * KIB);
  expect(one.take(1)).toBe("--limit.waiting-bytes");
  expect(taken(other.take(1)).byteLength).toBe(64 * KIB);
  one.give(first);
  expect(one.take(1)).toBe(first);
});
