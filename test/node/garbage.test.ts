import { getHeapStatistics } from "node:v8";
import { expect, test } from "vitest";
import { createGarbageCollection } from "../../src/node/garbage.ts";

/** Leaves so many objects behind. */
function litter(count: number): number {
  return Array.from({ length: count }, (_, i) => ({ i })).length;
}

test("what nobody refers to is gone", () => {
  const collectGarbage = createGarbageCollection();
  const count = litter(3_000_000);
  const before = getHeapStatistics().used_heap_size;
  collectGarbage();
  expect(count).toBe(3_000_000);
  expect(getHeapStatistics().used_heap_size).toBeLessThan(before - 30e6);
});
