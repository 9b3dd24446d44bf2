import { array, assert, constantFrom, integer, oneof, property, record, uniqueArray } from "fast-check";
import { expect, test } from "vitest";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";

const family = record({
  name: constantFrom("a", "b", "b_count", "c"),
  type: constantFrom("gauge", "counter", "summary"),
  value: integer({ min: 0, max: 9 }),
});
type Family = typeof family extends { generate(...args: never[]): { value: infer F } } ? F : never;

const anyStep = oneof(
  { weight: 8, arbitrary: pushStep() },
  { weight: 1, arbitrary: record({ method: constantFrom("DELETE" as const), group: groupName() }) },
);

function pushStep() {
  return record({
    method: constantFrom("PUT" as const, "POST" as const),
    group: groupName(),
    families: uniqueArray(family, { maxLength: 3, selector: ({ name }) => name }),
  });
}

function groupName() {
  return constantFrom("g1", "g2", "g3");
}

type Groups = Map<string, ReadonlyMap<string, Family>>;

/** A Pushgateway: a push is applied to a copy of everything, and refused if that is inconsistent. */
function pushed(groups: Groups, group: string, method: "PUT" | "POST", families: readonly Family[]): Groups {
  const kept = method === "PUT" ? new Map<string, Family>() : new Map(groups.get(group));
  for (const one of families) kept.set(one.name, one);
  return new Map([...groups, [group, kept]]);
}

function isConsistent(groups: Groups): boolean {
  const types = new Map<string, string>();
  for (const families of groups.values()) {
    for (const { name, type } of families.values()) {
      if ((types.get(name) ?? type) !== type) return false;
      types.set(name, type);
    }
  }
  return !(types.get("b") === "summary" && types.has("b_count"));
}

/** `b_count` before `b`: behind it, its TYPE line would be one more for `b`. */
function bodyOf(families: readonly Family[]): string {
  return families
    .toSorted((x, y) => compare(y.name, x.name))
    .map(({ name, type, value }) => {
      const labels = type === "summary" ? `{quantile="0.5"}` : "";
      return `# TYPE ${name} ${type}\n${name}${labels} ${value}\n`;
    })
    .join("");
}

function samplesOf(groups: Groups): string[] {
  const lines: string[] = [];
  for (const [group, families] of groups) {
    const labels = `instance="",job="${group}"`;
    for (const { name, type, value } of families.values()) {
      if (type !== "summary") lines.push(`${name}{${labels}} ${value}`);
      else
        lines.push(
          `${name}{${labels},quantile="0.5"} ${value}`,
          `${name}_sum{${labels}} 0`,
          `${name}_count{${labels}} 0`,
        );
    }
  }
  return lines.toSorted(compare);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

test("without a fleet both views are what a Pushgateway would show, whatever is pushed in which order", () => {
  assert(
    property(array(anyStep, { maxLength: 30 }), (steps) => {
      const relay = createInMemoryRelay({ shards: 3, partitions: 6 });
      let groups: Groups = new Map();
      for (const step of steps) {
        relay.advance(1000);
        if (step.method === "DELETE") {
          relay.delete(`/job/${step.group}`);
          groups = new Map([...groups].filter(([group]) => group !== step.group));
          continue;
        }
        const next = pushed(groups, step.group, step.method, step.families);
        const refusal = relay.push(`/job/${step.group}`, bodyOf(step.families), step);
        expect(refusal?.code).toBe(isConsistent(next) ? undefined : "inconsistent");
        if (refusal === undefined) groups = next;
        const view = relay.view("merged");
        expect(relay.view("raw")).toBe(view);
        const shown = view.split("\n").filter((line) => /^[abc]/.test(line));
        expect(shown.toSorted(compare)).toEqual(samplesOf(groups));
      }
    }),
    { numRuns: 300 },
  );
});
