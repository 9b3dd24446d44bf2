import { expect, test } from "vitest";
import { quote, quoteBytes, quoteChar } from "../../../src/core/exposition/go-quote.ts";

// Each answer is what Go 1.26 prints with %q.
test.each([
  ["", '""'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["'", `"'"`],
  ["\x07\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
  ["\0\x1f\x7f", '"\\x00\\x1f\\x7f"'],
  ["ü漢\u{1F600}", '"ü漢\u{1F600}"'],
  ["\u0080\u00a0\u00ad\u200b\ufeff", '"\\u0080\\u00a0\\u00ad\\u200b\\ufeff"'],
  ["\u{E0001}", '"\\U000e0001"'],
])("%j is quoted as %s", (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});

test.each([
  ["abc", '"abc"'],
  ["\xc3\xbc", '"ü"'],
  ["\xff", '"\\xff"'],
  ["a\xc3\xc3\xbc\xe2\x82", '"a\\xc3ü\\xe2\\x82"'],
])("the bytes %j are quoted as %s", (latin1, quoted) => {
  expect(quoteBytes(latin1)).toBe(quoted);
});

test.each([
  [0x63, "'c'"],
  [0x27, "'\\''"],
  [0x22, `'"'`],
  [0x0a, "'\\n'"],
  [0xe9, "'é'"],
  [0x80, "'\\u0080'"],
])("the byte %i is quoted as %s", (c, quoted) => {
  expect(quoteChar(c)).toBe(quoted);
});
