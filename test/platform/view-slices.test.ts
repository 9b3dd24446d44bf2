import { expect, test } from "vitest";
import type { ViewFormat } from "../../src/core/exposition/write/format.ts";
import { TEXT } from "../../src/core/exposition/write/format.ts";
import { writeLines } from "../../src/core/exposition/write/write-families.ts";
import type { BulkRef, WrittenFamily } from "../../src/core/exposition/write/writer.ts";
import { slicesOf } from "../../src/platform/view-slices.ts";

const PROTOBUF: ViewFormat = { ...TEXT, encoding: "protobuf" };

/** A family with a bulk of so many samples in each of some partitions. */
function family(name: string, ...samples: readonly number[]): WrittenFamily {
  const bulks = samples.map((count, partition): BulkRef => ({ partition, family: name, samples: count }));
  const sections = [{ type: "gauge" as const, metrics: [`${name} own\n`], bulks }];
  return { name, isLegacy: true, help: undefined, sections, isPlain: false };
}

/** A slice a line: what is written, bulks by the samples in them. */
function sliced(families: readonly WrittenFamily[]): string[] {
  return slicesOf(families, TEXT).map((slice) => {
    const written = writeLines(slice.families, "text", (bulks) => {
      expect(slice.sections).toContain(bulks);
      return bulks.map((bulk) => `${bulk.family}@${bulk.partition}:${bulk.samples}\n`);
    });
    return [...written].join("").trim().split("\n").join(" | ");
  });
}

test("families are put together as long as their bulks are small", () => {
  expect(sliced([family("a", 1_000, 1_000), family("b", 2_000), family("c", 1)])).toEqual([
    "# TYPE a gauge | a own | a@0:1000 | a@1:1000 | # TYPE b gauge | b own | b@0:2000",
    "# TYPE c gauge | c own | c@0:1",
  ]);
});

test("a large family goes on without its comment lines", () => {
  expect(sliced([family("a", 3_000, 3_000, 900, 9_000), family("b", 1)])).toEqual([
    "# TYPE a gauge | a own | a@0:3000",
    "a@1:3000 | a@2:900",
    "a@3:9000",
    "# TYPE b gauge | b own | b@0:1",
  ]);
});

test("families without bulks are one slice, however many they are", () => {
  const families = Array.from({ length: 10_000 }, (_, i) => family(`f${i}`));
  expect(slicesOf(families, TEXT)).toEqual([{ families, sections: [] }]);
});

test("a message, whose length stands before it, is not divided", () => {
  const families = [family("a", 3_000, 3_000), family("b", 1)];
  expect(slicesOf(families, PROTOBUF).map((slice) => slice.families)).toEqual([[families[0]], [families[1]]]);
});
