import { Buffer } from "node:buffer";
import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { fnv1a32, partitionOf } from "../../src/core/partition-of.ts";

// Published test vectors of FNV-1a.
test.each<[string, number]>([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("the hash of %j is what its authors publish", (text, hash) => {
  expect(fnv1a32(text)).toBe(hash);
});

test("the hash is over UTF-8", () => {
  assert(
    property(string({ unit: "grapheme" }), (text) => {
      let hash = 0x811c9dc5;
      for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
      expect(fnv1a32(text)).toBe(hash >>> 0);
    }),
  );
});

// A store is laid out by these: they hold for ever.
test.each<[string, number]>([
  [`{job="a"}`, 8],
  [`{cluster="ci",env="test",job="flinkf8d2f4742cc9ddb3efdd9321f1ba125c"}`, 38],
  [`{instance="",job="é"}`, 49],
])("%s belongs to partition %i of 64", (key, partition) => {
  expect(partitionOf(key, 64)).toBe(partition);
});
