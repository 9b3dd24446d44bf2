import { array, assert, double, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { hashBody, noteBody } from "../../../../src/core/partition/counters/body-ring.ts";

test("the last eight bodies are known again, whatever came between", () => {
  const ring: number[] = [];
  for (const hash of [1, 2, 3, 4, 5, 6, 7, 8]) expect(noteBody(ring, hash)).toBe(false);
  expect(noteBody(ring, 1)).toBe(true);
  expect(noteBody(ring, 1)).toBe(true);
  // 1 has become the newest, so 2 is what goes.
  expect(noteBody(ring, 9)).toBe(false);
  expect(noteBody(ring, 2)).toBe(false);
  expect(noteBody(ring, 1)).toBe(true);
});

const value = double();

test("a body with one other value has another hash", () => {
  assert(
    property(array(value, { minLength: 1 }), integer({ min: 0 }), value, (values, at, other) => {
      const changed = Float64Array.from(values);
      const i = at % values.length;
      if (Object.is(changed[i], other)) return;
      changed[i] = other;
      expect(hashBody(7, changed)).not.toBe(hashBody(7, Float64Array.from(values)));
    }),
    { numRuns: 2000 },
  );
});

test("bodies of counters that all move have different hashes", () => {
  const hashes = new Set<number>();
  for (let i = 0; i < 300; i += 1) {
    for (let j = 0; j < 300; j += 1) hashes.add(hashBody(1, Float64Array.of(i, 0, j, i + j, 0)));
  }
  expect(hashes.size).toBe(90_000);
});

test("equal values of another layout are another body", () => {
  expect(hashBody(1, Float64Array.of(1))).not.toBe(hashBody(2, Float64Array.of(1)));
});
