import { expect, test } from "vitest";
import { nodePacking } from "../../src/platform/packing.ts";

function again(value: unknown): unknown {
  return nodePacking.unpack(nodePacking.pack(value));
}

test.each([
  [undefined],
  [true],
  ["\u0000ü😀"],
  [2 ** 53 - 1],
  [1e300],
  [Number.NEGATIVE_INFINITY],
  [Number.NaN],
  [[1, undefined, "a"]],
  [{ a: 1, b: undefined, c: { d: [] } }],
  [new Map<unknown, unknown>([["__proto__", new Map([[1, 2]])]])],
  [new Set(["a", 1])],
])("%o comes back as it was", (value) => {
  expect(again(value)).toEqual(value);
});

test("numbers in arrays of doubles keep their bits, wherever they stand in what is packed", () => {
  const values = Float64Array.of(-0, Number.NaN, 0.1, 5e-324, Number.NEGATIVE_INFINITY);
  for (const before of ["", "a", "ab", "abcdefg"]) {
    const [, doubles] = again([before, values.subarray(1)]) as [string, Float64Array];
    expect(doubles).toBeInstanceOf(Float64Array);
    expect(doubles).toEqual(values.slice(1));
  }
  expect(Object.is((again(values) as Float64Array)[0], -0)).toBe(true);
});

test("bytes come back as bytes", () => {
  const { a } = again({ a: Uint8Array.of(0, 255) }) as { a: Uint8Array };
  expect(Uint8Array.from(a)).toEqual(Uint8Array.of(0, 255));
});

test("what was packed is a copy: packing more does not change it", () => {
  const first = nodePacking.pack({ a: 1 });
  const copy = first.slice();
  nodePacking.pack({ b: "x".repeat(100_000) });
  expect(first).toEqual(copy);
});
