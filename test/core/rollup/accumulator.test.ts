import { array, assert, bigInt, double, property } from "fast-check";
import { expect, test } from "vitest";
import { addIncrease } from "../../../src/core/rollup/accumulator.ts";

test("a thousand times one on 2^53 is a thousand more", () => {
  const sum = { hi: 2 ** 53, lo: 0 };
  for (let i = 0; i < 1000; i += 1) addIncrease(sum, 0, 1);
  expect(sum.hi).toBe(2 ** 53 + 1000);
});

test("increases of whole numbers are added exactly, whatever their size", () => {
  const total = bigInt({ min: 0n, max: 2n ** 53n });
  assert(
    property(array(array(total, { minLength: 1 }), { maxLength: 20 }), (sources) => {
      const sum = { hi: 0, lo: 0 };
      let exact = 0n;
      for (const pushed of sources) {
        const rising = pushed.toSorted((a, b) => (a < b ? -1 : 1));
        let last = 0n;
        for (const value of rising) {
          addIncrease(sum, Number(last), Number(value));
          last = value;
        }
        exact += last;
      }
      expect(BigInt(sum.hi) + BigInt(sum.lo)).toBe(exact);
      expect(sum.hi).toBe(Number(exact));
    }),
  );
});

test("the sum never falls, and stays within a rounding of the truth", () => {
  const value = double({ min: 0, max: 1e18, noNaN: true });
  assert(
    property(array(array(value, { minLength: 1 }), { maxLength: 20 }), (sources) => {
      const sum = { hi: 0, lo: 0 };
      let exact = rational(0);
      for (const pushed of sources) {
        let last = 0;
        for (const next of Float64Array.from(pushed).toSorted()) {
          const before = sum.hi;
          addIncrease(sum, last, next);
          expect(sum.hi).toBeGreaterThanOrEqual(before);
          last = next;
        }
        exact += rational(last);
      }
      const error = rational(sum.hi) - exact;
      expect(Number((error < 0n ? -error : error) * 2n ** 50n)).toBeLessThanOrEqual(Number(exact));
    }),
  );
});

/** A double, exactly, in units of the smallest one. */
function rational(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const exponent = (bits.getUint32(0) >>> 20) & 0x7ff;
  const mantissa = bits.getBigUint64(0) & (2n ** 52n - 1n);
  return exponent === 0 ? mantissa : (mantissa + 2n ** 52n) << BigInt(exponent - 1);
}

test("what a difference loses by rounding is kept too", () => {
  const sum = { hi: 0, lo: 0 };
  addIncrease(sum, 0.5, 2 ** 52 + 1); // 2^52 + 0.5 lies between two doubles
  addIncrease(sum, 0, 0.5);
  expect(sum.hi).toBe(2 ** 52 + 1);
});
