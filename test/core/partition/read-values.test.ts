import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { createBlockTable } from "../../../src/core/exposition/block-table.ts";
import { parseText } from "../../../src/core/exposition/parse-text.ts";
import { createLabelSetTable } from "../../../src/core/partition/label-set.ts";
import type { Layout } from "../../../src/core/partition/layout.ts";
import { createLayout } from "../../../src/core/partition/layout.ts";
import { readValues } from "../../../src/core/partition/read-values.ts";
import { nodeBytes } from "../../../src/node/bytes.ts";

const KNOWN = `# TYPE a gauge\na{x="1",} 1.0\na{x="2",} 22\nb NaN\n# end\n`;

function layoutOf(text: string): Layout {
  const body = Buffer.from(text);
  const parsed = parseText(body, {
    bytes: nodeBytes,
    blocks: createBlockTable(10),
    utf8Names: false,
    maxSamples: 10,
  });
  return createLayout(body, parsed, createLabelSetTable(["job", "j"]));
}

function read(layout: Layout, text: string): number[] | undefined {
  const values = new Float64Array(layout.sets.length);
  return readValues(layout, Buffer.from(text), values, nodeBytes) ? [...values] : undefined;
}

describe("a body with the text of the layout is read by its values alone", () => {
  test.each<[string, number[]]>([
    [KNOWN, [1, 22, Number.NaN]],
    [KNOWN.replace("1.0", "-9.223372036854776E18"), [-9.223372036854776e18, 22, Number.NaN]],
    [KNOWN.replace("22", "0").replace("NaN", "+Inf"), [1, 0, Number.POSITIVE_INFINITY]],
  ])("%j", (text, values) => {
    expect(read(layoutOf(KNOWN), text)).toEqual(values);
  });
});

test.each([
  ["a label", KNOWN.replace(`x="2"`, `x="3"`)],
  ["a name", KNOWN.replace("b NaN", "c NaN")],
  ["a comment", KNOWN.replace("# end", "# And")],
  ["a line more", `${KNOWN}c 1\n`],
  ["a line less", KNOWN.replace("b NaN\n", "")],
  ["no line feed at the end", KNOWN.slice(0, -1)],
  ["a timestamp", KNOWN.replace("22", "22 1")],
  ["a number that only the full parse knows", KNOWN.replace("22", "Infinity")],
  ["no number", KNOWN.replace("22", "x")],
  ["nothing", ""],
])("one with another text is not: %s", (_what, text) => {
  expect(read(layoutOf(KNOWN), text)).toBeUndefined();
});

test("a layout whose text has been given up knows no body", () => {
  const layout = layoutOf(KNOWN);
  layout.text = undefined;
  expect(read(layout, KNOWN)).toBeUndefined();
});
