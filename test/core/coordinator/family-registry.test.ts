import { describe, expect, test } from "vitest";
import type { FamilyRegistry } from "../../../src/core/coordinator/family-registry.ts";
import { createFamilyRegistry } from "../../../src/core/coordinator/family-registry.ts";
import type { FamilyType } from "../../../src/core/exposition/parsed-body.ts";

interface Asked {
  readonly isLenient?: boolean;
  readonly replaces?: readonly string[];
}

/** The families of `types` (`name: type`) that are refused. */
function refused(
  registry: FamilyRegistry,
  shard: number,
  types: Record<string, FamilyType>,
  { isLenient = false, replaces = [] }: Asked = {},
): string[] {
  const families = Object.entries(types).map(([name, type]) => ({ name, type, help: `of shard ${shard}` }));
  const { conflicts } = registry.decide(shard, { job: "j", isLenient, families, replaces, inferred: [] });
  return conflicts.map(({ family }) => family);
}

test("the first type of a family holds on all shards until the last of them gives it back", () => {
  const registry = createFamilyRegistry([]);
  expect(refused(registry, 0, { m: "gauge" })).toEqual([]);
  expect(refused(registry, 1, { m: "gauge" })).toEqual([]);
  expect(refused(registry, 2, { m: "counter" })).toEqual(["m"]);
  registry.release(0, ["m"]);
  expect(refused(registry, 2, { m: "counter" })).toEqual(["m"]);
  registry.release(1, ["m", "unknown"]);
  expect(refused(registry, 2, { m: "counter" })).toEqual([]);
});

test("a shard that has died holds nothing any more", () => {
  const registry = createFamilyRegistry([]);
  refused(registry, 0, { a: "gauge", b: "gauge" });
  refused(registry, 1, { b: "gauge" });
  registry.releaseAll(0);
  expect(refused(registry, 2, { a: "counter", b: "counter" }, { isLenient: true })).toEqual(["b"]);
});

test("of a kept group nothing is held when one family is refused, of a fleet group the others are", () => {
  const registry = createFamilyRegistry([]);
  refused(registry, 0, { m: "gauge" });
  refused(registry, 1, { kept: "gauge", m: "counter" });
  expect(registry.isPushed("kept")).toBe(false);
  refused(registry, 1, { fleet: "gauge", m: "counter" }, { isLenient: true });
  expect(registry.isPushed("fleet")).toBe(true);
});

describe("the lines of a summary or histogram are names that nobody else may have", () => {
  test.each<[string, Record<string, FamilyType>, Record<string, FamilyType>, string[]]>([
    ["a summary, then its count", { x: "summary" }, { x_count: "gauge" }, ["x_count"]],
    ["a count, then its summary", { x_count: "gauge" }, { x: "summary" }, ["x"]],
    ["a summary has no buckets", { x: "summary" }, { x_bucket: "gauge" }, []],
    ["a histogram has", { x: "histogram" }, { x_bucket: "gauge" }, ["x_bucket"]],
    ["a gauge has nothing", { x: "gauge" }, { x_sum: "gauge", x_count: "gauge", x_bucket: "gauge" }, []],
    ["in one body", {}, { x: "summary", x_sum: "gauge" }, ["x_sum"]],
    ["in one body, the other way", {}, { x_sum: "gauge", x: "summary" }, ["x"]],
  ])("%s", (_what, before, then, want) => {
    const registry = createFamilyRegistry([]);
    refused(registry, 0, before);
    expect(refused(registry, 1, then)).toEqual(want);
  });
});

test("what the relay itself exposes has its type", () => {
  const registry = createFamilyRegistry([{ name: "own", type: "summary", help: undefined }]);
  expect(refused(registry, 0, { own: "summary" })).toEqual([]);
  expect(refused(registry, 0, { own: "gauge" })).toEqual(["own"]);
  expect(refused(registry, 0, { own_sum: "gauge" })).toEqual(["own_sum"]);
});

describe("what a push replaces does not stand against it", () => {
  test("if nobody else has it", () => {
    const registry = createFamilyRegistry([]);
    refused(registry, 0, { m: "gauge", s: "summary" });
    expect(refused(registry, 0, { m: "counter", s_count: "gauge" }, { replaces: ["m", "s"] })).toEqual([]);
    expect(refused(registry, 1, { m: "gauge" })).toEqual(["m"]);
    expect(registry.helpOf("m")).toBe("of shard 0");
  });

  test("but it does if another shard has it", () => {
    const registry = createFamilyRegistry([]);
    refused(registry, 0, { m: "gauge" });
    refused(registry, 1, { m: "gauge" });
    expect(refused(registry, 0, { m: "counter" }, { replaces: ["m"] })).toEqual(["m"]);
  });
});
