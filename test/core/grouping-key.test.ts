import { isDeepStrictEqual } from "node:util";
import { assert, constantFrom, dictionary, property, record, string } from "fast-check";
import { expect, test } from "vitest";
import { groupingKey, parseGroupingKey } from "../../src/core/grouping-key.ts";

// The numbers are those of the cases in the conformance notes that the answers were observed in.
test.each<[path: string, canonical: string]>([
  ["/job/a", `{job="a"}`],
  ["/job/a/", `{job="a"}`], // PGW-026
  ["/job/a/instance/", `{instance="",job="a"}`], // PGW-028
  [
    "/job/a/label_name1@base64/bGFiZWwvdmFsdWUx/label_name2/v",
    `{job="a",label_name1="label/value1",label_name2="v"}`,
  ],
  ["/job/a/l@base64/bGFiZWwvdmFsdWUy==", `{job="a",l="label/value2"}`], // PGW-040
  ["/job/a/l@base64/Pz8_", `{job="a",l="???"}`], // PGW-043
  ["/job/directory_cleaner/path@base64/L3Zhci90bXA", `{job="directory_cleaner",path="/var/tmp"}`], // PGW-046
  ["/job/a%2Fl%2Fv", `{job="a",l="v"}`], // PGW-048
  ["/job@base64/YS9i", `{job="a/b"}`],
  ["/job/a/l@base64/=", `{job="a",l=""}`],
  ["/job/a/instance//b/c", `{b="c",instance="",job="a"}`], // a Pushgateway redirects, and clients do not follow
  ["/job/a/z/1/b/2", `{b="2",job="a",z="1"}`],
  ["/job/a/b/1/b/2", `{b="2",job="a"}`], // the last of two equal labels
  ["/job/a/job/b", `{job="a"}`],
  ["/job/a+b/l/c%2Bd", `{job="a+b",l="c+d"}`],
  ["/job/a/l/%22%5C%0A", `{job="a",l="\\"\\\\\\n"}`],
  ["/job/%D0%B0", `{job="а"}`],
])("%s is %s", (path, canonical) => {
  const result = parseGroupingKey(path);
  expect(result).toMatchObject({ ok: true, key: { canonical } });
});

test.each<[path: string, message: string]>([
  ["/job/a/l1/v1/a=b/v2", `improper label name "a=b"`], // PGW-030
  ["/job/a/l1/v1/1abc/v2", `improper label name "1abc"`], // PGW-031
  ["/job/a/l1/v1/l@BASE64/v2", `improper label name "l@BASE64"`], // PGW-033
  ["/job/a/l1/v1/__label_name2/v2", `improper label name "__label_name2"`], // PGW-035
  ["/job/a/__x@base64/eQ", `improper label name "__x"`],
  ["/job/a/@base64/eA", `improper label name ""`], // PGW-036
  [
    "/job/a/label_name1@base64/foo.bar/label_name2/label_value2", // PGW-041
    `invalid base64 encoding for label label_name1="foo.bar": illegal base64 data at input byte 3`,
  ],
  ["/job/a/l@base64/%2BP", `invalid base64 encoding for label l="+P": illegal base64 data at input byte 0`], // PGW-043
  ["/job@base64/=", "job name is required"], // PGW-045
  ["/job/", "job name is required"],
  ["/job//l/v", "job name is required"],
  ["/job/a%2Fb", `odd number of components in label string "/b"`], // PGW-048
  ["/job/a/b/c/d", `odd number of components in label string "/b/c/d"`],
  ["/job/a//instance/b", `odd number of components in label string "//instance/b"`], // PGW-050
  ["/job/a/%D0%B0/x", `improper label name "а"`], // PGW-055
  ["/job@base64/_w", "label job is a label whose value is not utf8"],
  ["/job/a/l@base64/_w", "label l is a label whose value is not utf8"],
  ["/job/%ff", "the path is not percent-encoded UTF-8: /job/%ff"],
  ["/job/%", "the path is not percent-encoded UTF-8: /job/%"],
])("%s is refused: %s", (path, message) => {
  expect(parseGroupingKey(path)).toEqual({ ok: false, message });
});

test.each<[path: string, canonical: string]>([
  ["/job/a/U__foo_2e_bar/b", `{"foo.bar"="b",job="a"}`], // PGW-058
  ["/job/a/U__foo_2e_bar@base64/Yg", `{"foo.bar"="b",job="a"}`],
  ["/job/a/foo.bar/b", `{"foo.bar"="b",job="a"}`],
  ["/job/a/%D0%B0/x", `{job="a","\u0430"="x"}`],
  ["/job/a/U__foo_zz_bar/b", `{U__foo_zz_bar="b",job="a"}`],
])("with UTF-8 names %s is %s", (path, canonical) => {
  expect(parseGroupingKey(path, true)).toMatchObject({ ok: true, key: { canonical } });
  expect(parseGroupingKey(path)).not.toMatchObject({ key: { canonical: `{"foo.bar"="b",job="a"}` } });
});

test.each<[path: string, message: string]>([
  ["/job/a/__b/c", `improper label name "__b"`],
  ["/job/a/U______b/c", `improper label name "U______b"`],
  ["/job/a/U__/c", `improper label name "U__"`],
  ["/job/a/@base64/Yg", `improper label name ""`],
])("with UTF-8 names %s is refused: %s", (path, message) => {
  expect(parseGroupingKey(path, true)).toEqual({ ok: false, message });
});

test("keys have one canonical text if and only if they have the same labels", () => {
  const value = string({ unit: constantFrom("a", '"', ",", "=", "\\", "\n", "{", "}", "é") });
  const labels = dictionary(constantFrom("a", "b", "instance", "z"), value, {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const key = record({ job: string({ minLength: 1 }), labels }, { noNullPrototype: true });
  assert(
    property(key, key, (a, b) => {
      const same = isDeepStrictEqual(a, b);
      const [one, other] = [a, b].map((labelled) => groupingKey(mapOf(labelled)).canonical);
      expect(one === other).toBe(same);
    }),
    { numRuns: 2000 },
  );
});

function mapOf({ job, labels }: { job: string; labels: Record<string, string> }): Map<string, string> {
  return new Map([...Object.entries(labels), ["job", job]]);
}
