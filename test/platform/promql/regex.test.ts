import { expect, test } from "vitest";
import { compileRegex } from "../../../src/platform/promql/regex.ts";

test.each<[string, string, boolean]>([
  ["a|ab", "ab", true],
  ["a|ab", "abc", false],
  ["^a$", "a", true],
  ["a", "a\n", false], // the end is the end of the text
  ["a.b", "a\nb", true],
  ["(?i)shop", "SHOP", true],
  [".", "😀", true],
  ["\\p{Greek}+", "αβ", true],
  ["", "", true],
])("/%s/ on %j: %j", (pattern, text, want) => expect(compileRegex(pattern)(text)).toBe(want));

test("a pattern that takes exponential time elsewhere takes none here", () => {
  const matches = compileRegex("(a|a)*b|(a+)+c");
  const begin = performance.now();
  expect(matches("a".repeat(100_000))).toBe(false);
  // Backtracking would need 2^100000 steps; the bound only has to tell that from a busy machine.
  expect(performance.now() - begin).toBeLessThan(5_000);
});
