import { expect, test } from "vitest";
import {
  escapeHelp,
  escapeLabelValue,
  readRenderedLabels,
  renderLabels,
} from "../../../src/core/exposition/escape.ts";

test.each([
  ["plain ü", "plain ü"],
  ['a\\b"c\nd', 'a\\\\b\\"c\\nd'],
  ["\\n", "\\\\n"],
  ["\r\t\0", "\r\t\0"],
])("the label value %j becomes %j", (value, text) => {
  expect(escapeLabelValue(value)).toBe(text);
});

test.each([
  ['a\\b"c\nd', 'a\\\\b"c\\nd'],
  ["plain", "plain"],
])("the help %j becomes %j", (help, text) => {
  expect(escapeHelp(help)).toBe(text);
});

test.each<[labels: string[], extra: [string, string] | undefined, text: string]>([
  [[], undefined, ""],
  [[], ["le", "+Inf"], '{le="+Inf"}'],
  [["a", "b", "c", "d"], undefined, '{a="b",c="d"}'],
  [["a", "b", "z", "d"], ["quantile", "0.5"], '{a="b",z="d",quantile="0.5"}'],
  [["a", '"\n\\'], undefined, '{a="\\"\\n\\\\"}'],
  [["x.y", "v"], undefined, '{"x.y"="v"}'],
  [["a:b", "v", 'q"', "w"], undefined, '{"a:b"="v","q\\""="w"}'],
])("the labels %j with %j are %s", (labels, extra, text) => {
  expect(renderLabels(labels, extra)).toBe(text);
});

test.each([[[]], [["a", "b", "c", ""]], [["a", 'x",b="y', "b", "\\n\n\\"]], [["a.b", "{}", 'q"\\', "=,"]]])(
  "the labels %j are read back from their text",
  (labels) => {
    expect(readRenderedLabels(renderLabels(labels))).toEqual(labels);
  },
);
