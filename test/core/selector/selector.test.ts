import { array, assert, constantFrom, oneof, property, record, string } from "fast-check";
import { expect, test } from "vitest";
import { FAMILY_NAME, type Matcher, renderSelector } from "../../../src/core/selector/selector.ts";
import { parseSelector } from "../../../src/platform/promql/parse-selector.ts";

test.each<[string, Matcher[]]>([
  ["up", [{ name: FAMILY_NAME, op: "=", value: "up" }]],
  [
    'x{job="a",pod!~"b.*"}',
    [
      { name: FAMILY_NAME, op: "=", value: "x" },
      { name: "job", op: "=", value: "a" },
      { name: "pod", op: "!~", value: "b.*" },
    ],
  ],
  ['{__name__="a.b"}', [{ name: FAMILY_NAME, op: "=", value: "a.b" }]],
  ['{__name__="NaN"}', [{ name: FAMILY_NAME, op: "=", value: "NaN" }]], // which PromQL reads as a number
  ['{__name__="offset"}', [{ name: FAMILY_NAME, op: "=", value: "offset" }]],
  ['{__name__=~"a.*"}', [{ name: FAMILY_NAME, op: "=~", value: "a.*" }]],
  ['{"a b"="c\\"\\\\\\n"}', [{ name: "a b", op: "=", value: 'c"\\\n' }]],
])("%s", (text, matchers) => expect(renderSelector({ matchers })).toBe(text));

test("what is rendered is read back as it was", () => {
  const name = oneof(constantFrom("a", "job", "on", "le", "a.b"), string({ minLength: 1, unit: "grapheme" }));
  const matcher = record({
    name,
    op: constantFrom<Matcher["op"]>("=", "!="),
    value: string({ unit: "grapheme" }),
  });
  const family = constantFrom("up", "a:b", "inf", "Offset", "sum", "bool", "é");
  assert(
    property(family, array(matcher), (value, rest) => {
      const others = rest.filter((each) => each.name !== FAMILY_NAME);
      const selector = { matchers: [{ name: FAMILY_NAME, op: "=" as const, value }, ...others] };
      expect(parseSelector(renderSelector(selector))).toEqual({ ok: true, selector });
    }),
  );
});
