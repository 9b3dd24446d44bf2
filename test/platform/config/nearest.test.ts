import { expect, test } from "vitest";
import { nearest } from "../../../src/platform/config/nearest.ts";

const flags = ["--view", "--version", "--threads", "--flink.level", "--flink.counters", "--log.level"];

test.each([
  ["--veiw", "--view"], // swapped
  ["--vew", "--view"], // dropped
  ["--vieew", "--view"], // inserted
  ["--viex", "--view"], // replaced
  ["--flink.lvel", "--flink.level"],
  ["--log-level", "--log.level"],
  ["--thread", "--threads"],
])("%s is nearest to %s", (given, flag) => expect(nearest(given, flags)).toBe(flag));

test("a swap of two letters is one error, so it beats two replacements", () => {
  expect(nearest("ab", ["xy", "ba"])).toBe("ba");
  expect(nearest("abc", ["axx", "acb"])).toBe("acb");
});

test("among none there is none", () => expect(nearest("--view", [])).toBeUndefined());
