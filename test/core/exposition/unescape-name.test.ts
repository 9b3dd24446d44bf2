import { expect, test } from "vitest";
import { unescapeName } from "../../../src/core/exposition/unescape-name.ts";

test.each([
  ["U__foo_2e_bar", "foo.bar"],
  ["U__foo__bar", "foo_bar"],
  ["U___1f600__2E_x", "\u{1f600}.x"],
  ["U__a", "a"],
  ["U__", ""],
  ["U__a_10ffff_", "U__a_10ffff_"], // six digits are too many for Prometheus
  ["U__a_", "U__a_"],
  ["U__a_2e", "U__a_2e"],
  ["U__a_2g_", "U__a_2g_"],
  ["U__a_d800_", "U__a_d800_"],
  ["U_a_2e_", "U_a_2e_"],
  ["u__a_2e_", "u__a_2e_"],
  ["a_2e_b", "a_2e_b"],
])("%s is %s", (text, name) => {
  expect(unescapeName(text)).toBe(name);
});
