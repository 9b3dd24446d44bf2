import { array, assert, integer, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { decodeSnappyBlock } from "../../../src/platform/body-coding/snappy-block.ts";
import { snappyBlock } from "../../support/snappy-frames.ts";

test("what was compressed comes out", () => {
  const pieces = array(uint8Array({ maxLength: 40 }), { maxLength: 6 });
  assert(
    property(pieces, integer({ min: 1, max: 300 }), (some, times) => {
      const plain = Buffer.concat(Array.from({ length: times }, () => Buffer.concat(some)));
      expect(Buffer.from(decodeSnappyBlock(snappyBlock(plain), plain.length)).equals(plain)).toBe(true);
    }),
  );
});

test.each([
  ["", "no length"],
  ["8080808080", "a length that does not end"],
  ["0201", "more than is said"],
  ["0200", "a literal that is cut off"],
  ["04006101", "a copy that is cut off"],
  ["05006105 00", "a copy of nothing"],
  ["0500610502", "a copy from before the beginning"],
  ["04 0061", "less than is said"],
  ["01fcfeffffff61", "a literal of 4 GB"],
  ["ffffffff0f0061", "a block of 4 GB"],
  ["0800610701000000 ", "a copy past the end"],
])("%s is refused: %s", (hex) => {
  const block = Buffer.from(hex.replaceAll(" ", ""), "hex");
  expect(() => decodeSnappyBlock(block, 100)).toThrow("no block of snappy");
});

function decode(hex: string): string {
  return Buffer.from(decodeSnappyBlock(Buffer.from(hex, "hex"), 100)).toString();
}

test("a copy may be of what it has just made, at any distance", () => {
  expect(decode("0500610101")).toBe("aaaaa");
  expect(decode("0500610e0100")).toBe("aaaaa");
  expect(decode("0500610f01000000")).toBe("aaaaa");
  expect(decode("03f002616263")).toBe("abc");
});
