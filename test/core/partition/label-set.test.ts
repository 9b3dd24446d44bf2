import { expect, test } from "vitest";
import type { LabelBlock } from "../../../src/core/exposition/label-block.ts";
import { createLabelBlock } from "../../../src/core/exposition/label-block.ts";
import { createLabelSetTable } from "../../../src/core/partition/label-set.ts";

function block(...labels: [string, string][]): LabelBlock {
  return createLabelBlock(labels);
}

test.each<[string, string[], LabelBlock, string]>([
  ["instance is there even when nobody sends it", ["job", "j"], block(), `{instance="",job="j"}`],
  [
    "the labels of the body are sorted in",
    ["job", "j"],
    block(["z", "1"], ["a", "2"]),
    `{a="2",instance="",job="j",z="1"}`,
  ],
  [
    "those of the grouping key win",
    ["job", "j", "x", "key"],
    block(["x", "body"]),
    `{instance="",job="j",x="key"}`,
  ],
  ["the body may have an instance", ["job", "j"], block(["instance", "i"]), `{instance="i",job="j"}`],
  [
    "but not against the key",
    ["instance", "k", "job", "j"],
    block(["instance", "i"]),
    `{instance="k",job="j"}`,
  ],
])("%s", (_what, grouping, labels, text) => {
  expect(createLabelSetTable(grouping).find(labels, "").text).toBe(text);
});

test("equal labels are one object, whichever line they come from", () => {
  const table = createLabelSetTable(["job", "j"]);
  const set = table.find(block(["a", "1"]), "");
  expect(table.find(block(["a", "1"]), "")).toBe(set);
  expect(table.find(block(["instance", ""], ["a", "1"]), "")).toBe(set);
  expect(table.find(block(["a", "1"], ["le", "2"]), "le")).toBe(set);
  expect(table.find(block(["a", "1"], ["quantile", "0.5"]), "quantile")).toBe(set);
  expect(table.find(block(["a", "1"], ["le", "2"]), "")).not.toBe(set);
});

test("sets that are dropped are made anew, those kept stay the same", () => {
  const table = createLabelSetTable(["job", "j"]);
  const [kept, dropped] = [table.find(block(["a", "1"]), ""), table.find(block(["a", "2"]), "")];
  table.keep([kept]);
  expect(table.find(block(["a", "1"]), "")).toBe(kept);
  expect(table.find(block(["a", "2"]), "")).not.toBe(dropped);
});
