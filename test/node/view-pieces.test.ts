import { expect, test } from "vitest";
import { piecesOf } from "../../src/node/view-pieces.ts";

test("a view is cut into pieces of about one size, in its order and byte by byte", () => {
  const families = Array.from({ length: 2_000 }, (_, i) => ({
    name: `n${i}`,
    header: `# TYPE n${i} gauge\n`,
    text: `n${i}{l="ü"} ${i}\n`.repeat(i % 50),
    bulks: [new Uint8Array(Buffer.from(`n${i}{l="bulk"} 1\n`))],
  }));
  const pieces = [...piecesOf(families)];
  const whole = families
    .map(({ header, text, bulks }) => header + text + String(Buffer.from(bulks[0] ?? [])))
    .join("");
  expect(Buffer.concat(pieces).toString()).toBe(whole);
  expect(pieces.length).toBeLessThan(Buffer.byteLength(whole) / 200_000 + 1);
});

test("an empty view has no pieces", () => {
  expect([...piecesOf([])]).toEqual([]);
});
