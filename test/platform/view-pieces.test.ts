import { expect, test } from "vitest";
import { piecesOf } from "../../src/platform/view-pieces.ts";

test("a view is cut into pieces of about one size, in its order and byte by byte", () => {
  const chunks = Array.from({ length: 2_000 }, (_, i) => [
    `# TYPE n${i} gauge\n`,
    `n${i}{l="ü"} ${i}\n`.repeat(i % 50),
    new Uint8Array(Buffer.from(`n${i}{l="bulk"} 1\n`)),
  ]).flat();
  const pieces = [...piecesOf(chunks)];
  const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string)));
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  expect(pieces.length).toBeLessThan(whole.length / 200_000 + 1);
});

test("an empty view has no pieces", () => {
  expect([...piecesOf([])]).toEqual([]);
});
