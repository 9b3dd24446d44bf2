import { describe, expect, test } from "vitest";
import { parseSelector } from "../../../src/platform/promql/parse-selector.ts";

const WANTED = 'expected one series selector such as http_requests_total{job="shop"}';
const EVERYTHING =
  'all of it also holds where the labels are missing; add a matcher that does not, such as job=~".+"';

describe("selectors", () => {
  test.each<[string, string[]]>([
    ["up", ["__name__=up"]],
    ["sum", ["__name__=sum"]], // a function only where something stands in parentheses
    ["a:b{}", ["__name__=a:b"]],
    ['http_requests_total{job="shop"}', ["__name__=http_requests_total", "job=shop"]],
    ['{__name__=~"debug_.+"}', ["__name__=~debug_.+"]],
    ['{"a.b", x="y"}', ["__name__=a.b", "x=y"]],
    ['x{"q.l"=~"v"}', ["__name__=x", "q.l=~v"]],
    ['x{by="a",sum!="b",bool!~"c",}', ["__name__=x", "by=a", "sum!=b", "bool!~c"]],
    ["x{a='b\"', c=`d\\e\n`}", ["__name__=x", 'a=b"', "c=d\\e\n"]],
    ['x{a="\\x41\\u00e9\\303\\251\\U0001F600\\t\\"\\\\"}', ["__name__=x", 'a=Aéé😀\t"\\']],
    ["x{a='\\''}", ["__name__=x", "a='"]],
    ["x{} # why", ["__name__=x"]],
    ['{__name__=~"a.*",__name__!="ab"}', ["__name__=~a.*", "__name__!=ab"]],
    ['{job=~".+"}', ["job=~.+"]],
    ['{a="",b="c"}', ["a=", "b=c"]],
  ])("%s", (text, want) => {
    const parsed = parseSelector(text);
    const shown = parsed.ok
      ? parsed.selector.matchers.map(({ name, op, value }) => name + op + value)
      : parsed;
    expect(shown).toEqual(want);
  });
});

describe("what is none", () => {
  test.each<[string, number, string]>([
    ["", 0, `${WANTED}, found the end`],
    ["x[5m]", 1, `${WANTED}, found a range in brackets`],
    ["x [5m:1m]", 2, `${WANTED}, found a subquery`],
    ["x offset 5m", 2, `${WANTED}, found an offset`],
    ["x @ 5", 2, `${WANTED}, found an @ with a time`],
    ["x anchored", 2, `${WANTED}, found the word anchored`],
    ["rate(x[5m])", 0, `${WANTED}, found a function`],
    ["sum by (a) (x)", 0, `${WANTED}, found an aggregation`],
    ["x + y", 0, `${WANTED}, found an operator between two expressions`],
    ["(x)", 0, `${WANTED}, found parentheses`],
    ["-x", 0, `${WANTED}, found a sign`],
    ["5", 0, `${WANTED}, found a number`],
    ['"a.b"', 0, `${WANTED}, found a text without braces (a quoted name is written {"a name"})`],
    ["x y", 2, `${WANTED}, found "y"`],
    ["a.b", 1, `${WANTED}, found "."`],
    ['é{a="b"}', 0, `${WANTED}, found "é"`],
    ['x{a="b"}{c="d"}', 8, `${WANTED}, found "{"`],
    ['x{a="b" c="d"}', 8, `${WANTED}, found "c"`],
    ["x{a}", 3, `${WANTED}, found "}"`],
    ['x{a="b"', 7, `${WANTED}, found the end`],
    ["x{a=b}", 4, 'expected a value in quotes, found "b"'],
    ['x{a=="b"}', 4, 'expected a value in quotes, found "="'],
    ["x{a=1}", 4, 'expected a value in quotes, found "1"'],
    ['x{a="\\q"}', 5, "\\q is no escape; a backslash is written \\\\"],
    [`x{a='\\"'}`, 5, '\\" is no escape; a backslash is written \\\\'],
    ['x{a="\\ud800"}', 5, "\\u is no escape; a backslash is written \\\\"],
    ['x{a="\\777"}', 5, "\\7 is no escape; a backslash is written \\\\"],
    ['x{a="\\xff"}', 4, "the escapes of this text make bytes that are not UTF-8"],
    ['x{a=~"("}', 5, "not a regular expression of RE2: missing closing ): `(`"],
    ['x{a!~"(?=b)"}', 5, "not a regular expression of RE2: invalid or unsupported Perl syntax: `(?=`"],
    ['x{a=~"(a)\\\\1"}', 5, "not a regular expression of RE2: invalid escape sequence: `\\1`"],
    ['x{a=~"(a{1000}){1000}"}', 5, "not a regular expression of RE2: invalid repeat count: `{1000}`"],
    ['x{a=~"(\\n"}', 5, "not a regular expression of RE2: missing closing ): `(\\n`"],
    ['x{a="\\\n"}', 5, "\\\\n is no escape; a backslash is written \\\\"],
    ["{}", 0, EVERYTHING],
    ['{a=~".*",b!="c"}', 0, EVERYTHING],
    ['x{__name__="y"}', 2, "the name of the family is said twice; keep one"],
    ['{"a","b"}', 5, "the name of the family is said twice; keep one"],
  ])("%s", (text, at, message) => expect(parseSelector(text)).toEqual({ ok: false, at, message }));
});
