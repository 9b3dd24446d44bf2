import { describe, expect, test } from "vitest";
import { escapeLabelName, escapeMetricName } from "../../../../src/core/exposition/write/escape-name.ts";
import { shownLabels } from "../../../../src/core/exposition/write/names.ts";

/** The names and what becomes of them are Prometheus's own (common/model, EscapeName). */
describe.each([
  ["no:escaping_required", "no:escaping_required", "no:escaping_required", "no:escaping_required"],
  [
    "mysystem.prod.west.cpu.load",
    "mysystem_prod_west_cpu_load",
    "mysystem_dot_prod_dot_west_dot_cpu_dot_load",
    "U__mysystem_2e_prod_2e_west_2e_cpu_2e_load",
  ],
  ["http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"],
  ["label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_"],
  ["花火", "__", "____", "U___82b1__706b_"],
  ["a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c"],
  ["0a", "_a", "__a", "U___30_a"],
])("the metric %s", (name, underscores, dots, values) => {
  test("is escaped as the client wants it", () => {
    expect(escapeMetricName(name, "allow-utf-8")).toBe(name);
    expect(escapeMetricName(name, "underscores")).toBe(underscores);
    expect(escapeMetricName(name, "dots")).toBe(dots);
    expect(escapeMetricName(name, "values")).toBe(values);
  });
});

test("a label may have no colon", () => {
  expect(escapeLabelName("a:b", "underscores")).toBe("a_b");
  expect(escapeLabelName("a:b", "values")).toBe("U__a_3a_b");
  expect(escapeLabelName("a_b", "dots")).toBe("a_b");
});

test.each([
  ['{a="1"}', '{a="1"}'],
  ["", ""],
  // Values that look as if a name in quotes followed.
  ['{a="x,",b="{"}', '{a="x,",b="{"}'],
  ['{"a.b"="1",c="\\"2\\""}', '{a_b="1",c="\\"2\\""}'],
  ['{a="x,","b c"="\\n"}', '{a="x,",b_c="\\n"}'],
  ['{"a.b"="1",a_b="2"}', undefined],
  ['{"a.b"="1","a-b"="2"}', undefined],
])("the labels %s are shown as %s to a client without UTF-8, and to another as they are", (text, shown) => {
  expect(shownLabels(text, "underscores")).toBe(shown);
  expect(shownLabels(text, "allow-utf-8")).toBe(text);
});
