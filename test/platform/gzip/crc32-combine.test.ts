import { crc32 } from "node:zlib";
import { uint8Array, assert, property } from "fast-check";
import { expect, test } from "vitest";
import { combineCrc32 } from "../../../src/platform/gzip/crc32-combine.ts";

test("the sum of two texts is that of both in one", () => {
  assert(
    property(uint8Array({ maxLength: 300 }), uint8Array({ maxLength: 300 }), (first, second) => {
      const whole = crc32(Buffer.concat([first, second]));
      expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole);
    }),
  );
});

test("a text may be longer than 32 bits can say", () => {
  // The sum of a gigabyte of zeroes, then of two, four and eight, by what is known of one.
  let bytes = 2 ** 20;
  let sum = crc32(Buffer.alloc(bytes));
  for (; bytes < 2 ** 33; bytes *= 2) sum = combineCrc32(sum, sum, bytes);
  expect(sum.toString(16)).toBe(crc32OfZeroes(2 ** 33).toString(16));
});

/** By squaring what one zero byte does, as a matrix of 32 by 32 bits. */
function crc32OfZeroes(bytes: number): number {
  let matrix = Array.from({ length: 32 }, (_, bit) => {
    let register = (1 << bit) >>> 0;
    for (let i = 0; i < 8; i += 1) register = register & 1 ? (register >>> 1) ^ 0xedb88320 : register >>> 1;
    return register >>> 0;
  });
  let register = 0xffffffff;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) register = apply(matrix, register);
    const before = matrix;
    matrix = before.map((row) => apply(before, row));
  }
  return ~register >>> 0;
}

function apply(matrix: readonly number[], vector: number): number {
  return matrix.reduce((sum, row, bit) => ((vector >>> bit) & 1 ? sum ^ row : sum), 0) >>> 0;
}
