import { expect, test } from "vitest";
import type { RollupSeries, ViewPart } from "../../src/core/view/part.ts";
import { emptyPartial } from "../../src/core/rollup/partial.ts";
import { packParts, unpackParts } from "../../src/node/pack-parts.ts";

function series(labels: string, more: Partial<RollupSeries> = {}): RollupSeries {
  return {
    suffix: "",
    labels,
    type: "gauge",
    function: "sum",
    companions: ["max"],
    perProcess: false,
    isLive: true,
    lastLiveMs: Number.POSITIVE_INFINITY,
    startMs: Number.NaN,
    partial: { ...emptyPartial, sum: 0.1 + 0.2, count: 2, newest: -0, newestMs: 5, newestPartition: 3 },
    ...more,
  };
}

function part(partition: number, rollups: ViewPart["rollups"]): ViewPart {
  const metrics = [{ sortKey: "k", rendered: "x 1\n" }];
  return {
    partition,
    families: [{ name: "x", type: "gauge", metrics, bulkSamples: 7 }],
    collisions: 1,
    rollups,
  };
}

test("parts of partitions that feed the same outputs, others, and none are the same on the other side", () => {
  const sources = [{ quantiles: [0.5], values: [Number.NaN], weight: 3 }];
  const counter = {
    type: "counter",
    function: "counter",
    suffix: "_count",
    startMs: 9,
    isLive: false,
  } as const;
  const parts = [
    part(1, [
      { name: "a", series: [series('{l="1"}'), series('{l="2"}', counter)] },
      { name: "b", series: [series("", { function: "interval", partial: { ...emptyPartial, sources } })] },
    ]),
    part(3, []),
    part(5, [
      { name: "b", series: [series('{l="1"}')] },
      // Of one name, by another rule.
      { name: "a", series: [series('{l="1"}', { function: "max", companions: [] }), series('{l="1"}')] },
    ]),
  ];
  expect(unpackParts(packParts(parts))).toEqual(parts);
});

test("what partitions share crosses once", () => {
  const labels = `{l="${"x".repeat(1_000)}"}`;
  const parts = Array.from({ length: 16 }, (_, i) => part(i, [{ name: "a", series: [series(labels)] }]));
  expect(packParts(parts).records.length).toBeLessThan(4_000);
});
