import { assert, array, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";
import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import { nodeBytes } from "../../../src/platform/bytes.ts";

const block = { labels: ["a", "1"], duplicate: undefined };

test.each([
  [`a="1"`, `a="1"} 5\n`],
  [`a="1",`, `a="1",} 5\n`],
  [`a="}"`, `a="}"} 5\n`],
  [`a="\\"}",b="{"`, `a="\\"}",b="{"} 5\n`],
  ["", "} 5\n"],
])("the block %s is found again", (text, line) => {
  const table = createBlockTable(10);
  table.add(text, block);
  expect(table.find(`x{${line}`, 2)).toEqual({ text, block });
});

test.each([
  [`a="1"`, `a="1",} 5\n`],
  [`a="1"`, `a="1" 5\n`],
  [`a="}"`, `a="}",b="2"} 5\n`],
  [`a="}"`, `a="}\n"} 5\n`],
])("the block %s is not found in %j", (text, line) => {
  const table = createBlockTable(10);
  table.add(text, block);
  expect(table.find(line, 0)).toBeUndefined();
});

test("a full table starts anew", () => {
  const table = createBlockTable(2);
  for (const text of ["a", "b", "c"]) table.add(text, block);
  expect(["a", "b", "c"].map((text) => table.find(`${text}}`, 0)?.text)).toEqual([undefined, undefined, "c"]);
});

test("what a table knows never changes what a body means", () => {
  const piece = constantFrom('a="1"', 'b="}"', 'c="\\"}"', 'a="x', ",", "}", '"', " ", "\\", "");
  const warm = createBlockTable(20);
  assert(
    property(array(array(piece, { maxLength: 5 }), { maxLength: 6 }), (lines) => {
      const body = new TextEncoder().encode(lines.map((pieces) => `m{${pieces.join("")}} 1\n`).join(""));
      const read = (blocks: typeof warm): unknown => {
        try {
          return parseText(body, { bytes: nodeBytes, blocks, utf8Names: false, maxSamples: 100 });
        } catch (error) {
          return error;
        }
      };
      expect(read(warm)).toEqual(read(createBlockTable(20)));
    }),
    { numRuns: 1000 },
  );
});
