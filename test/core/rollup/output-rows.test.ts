import { expect, test } from "vitest";
import type { Output, OutputSpec } from "../../../src/core/rollup/output.ts";
import type { OutputTable } from "../../../src/core/rollup/output-table.ts";
import { createOutputTable } from "../../../src/core/rollup/output-table.ts";

function specOf(family: string, labels: string, more: Partial<OutputSpec> = {}): OutputSpec {
  return {
    family,
    suffix: "",
    labels,
    type: "gauge",
    function: "sum",
    companions: [],
    perProcess: false,
    origin: 0,
    boundaries: undefined,
    ...more,
  };
}

function fed(table: OutputTable, family: string, labels: string, more?: Partial<OutputSpec>): Output {
  const output = table.find(specOf(family, labels, more), 0);
  if (output === undefined) throw new Error("it is not free");
  table.join(output);
  return output;
}

function listed(table: OutputTable): (string | undefined)[] {
  return table.rows.list().map((output) => output && output.family + output.labels);
}

test("an output that comes later has the next row of the same list, and one that goes leaves a gap", () => {
  const table = createOutputTable();
  const first = fed(table, "a", "{1}");
  fed(table, "a", "{2}");
  fed(table, "b", "{1}");
  const list = table.rows.list();
  fed(table, "a", "{3}");
  table.leave(first, 0);
  expect(table.rows.list()).toBe(list);
  expect(listed(table)).toEqual([undefined, "a{2}", "b{1}", "a{3}"]);
  expect(list.map((output) => output?.row)).toEqual([undefined, 1, 2, 3]);
  expect(first.row).toBe(-1);
});

test("where most of a list has gone there is another one without gaps, family by family", () => {
  const table = createOutputTable();
  const gone = ["{1}", "{2}", "{3}"].map((labels) => fed(table, "a", labels));
  fed(table, "b", "{1}");
  const list = table.rows.list();
  fed(table, "a", "{4}");
  for (const output of gone) table.leave(output, 0);
  expect(table.rows.list()).not.toBe(list);
  expect(listed(table)).toEqual(["a{4}", "b{1}"]);
  expect(table.rows.list().map((output) => output?.row)).toEqual([0, 1]);
});

test("names that change, and another output in the place of one, are told in another list", () => {
  const table = createOutputTable();
  const counter = fed(table, "a", "{1}", { function: "counter", type: "counter" });
  const list = table.rows.list();
  table.leave(counter, 0);
  expect(table.rows.list()).toBe(list);
  fed(table, "a", "{1}", { function: "counter", type: "counter" });
  expect(table.rows.list()).toBe(list);
  table.leave(counter, 0);
  const described = fed(table, "a", "{1}", { function: "counter", type: "counter", perProcess: true });
  expect(described).toBe(counter);
  expect(table.rows.list()).not.toBe(list);
  const again = table.rows.list();
  const other = fed(table, "a", "{1}", { function: "max" });
  expect(table.rows.list()).not.toBe(again);
  expect([other.row, counter.row]).toEqual([0, -1]);
});
