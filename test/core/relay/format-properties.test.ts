import {
  array,
  assert,
  constantFrom,
  double,
  integer,
  property,
  record,
  tuple,
  uniqueArray,
} from "fast-check";
import { expect, test } from "vitest";
import { MetricType } from "../../../src/core/exposition/protobuf/metrics_pb.ts";
import type { ViewFormat } from "../../../src/core/exposition/write/format.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { type FamilyInit, labels, protobufBody } from "../../support/protobuf-body.ts";
import { seriesOfView } from "../../support/view-series.ts";
import { rule } from "../rollup/rules/rules.ts";

const value = double({ min: 0, noNaN: true });
const name = constantFrom("a", "a_total", "b.c", "b_c", "ü", "d:e", "f_total", "0");
const labelSet = uniqueArray(
  tuple(constantFrom("l", "m.n", "m_n", "ü"), constantFrom("", "1", 'a,"b\\', "{x,")),
  { maxLength: 3, selector: ([label]) => label },
).map((pairs) => labels(Object.fromEntries(pairs)));

const bounds = uniqueArray(constantFrom(-1, 0, 0.5, 1, 1e6), { maxLength: 4 });

const told = record({
  label: labelSet,
  value,
  counts: array(integer({ min: 0, max: 9 }), { maxLength: 5 }),
  bounds,
});
type Told = typeof told extends { generate(...args: never[]): { value: infer T } } ? T : never;
type MetricInit = NonNullable<Exclude<FamilyInit["metric"], undefined>>[number];

function metricOf(type: MetricType, { label, value: number, counts, bounds: at }: Told): MetricInit {
  const sorted = at.toSorted((a, b) => a - b);
  const cumulative = sorted.map((_, i) => BigInt(counts.slice(0, i + 1).reduce((a, b) => a + b, 0)));
  const total = BigInt(counts.reduce((a, b) => a + b, 0) + 9);
  const createdTimestamp = counts.length > 2 ? { seconds: 1_699_000_000n } : undefined;
  const exemplar = counts.length > 3 ? { label: labels({ "t.x": "1" }), value: number } : undefined;
  if (type === MetricType.COUNTER) return { label, counter: { value: number, createdTimestamp, exemplar } };
  if (type === MetricType.GAUGE) return { label, gauge: { value: -number } };
  if (type === MetricType.SUMMARY) {
    const quantile = sorted.filter((q) => q >= 0 && q <= 1).map((q) => ({ quantile: q, value: number }));
    return { label, summary: { sampleCount: total, sampleSum: number, quantile } };
  }
  const native = { schema: 1, positiveSpan: [{ offset: 2, length: 1 }], positiveDelta: [3n] };
  return {
    label,
    histogram: {
      sampleCount: total,
      sampleSum: number,
      bucket: sorted.map((upperBound, i) => ({ upperBound, cumulativeCount: cumulative[i] ?? 0n })),
      createdTimestamp,
      ...(counts.length > 3 ? native : {}),
    },
  };
}

/** No gauge histogram: where it is three families, names collide otherwise than where it is one. */
const TYPES: readonly MetricType[] = [
  MetricType.COUNTER,
  MetricType.GAUGE,
  MetricType.SUMMARY,
  MetricType.HISTOGRAM,
];

const family = tuple(name, constantFrom(...TYPES)).chain(([of, type]) =>
  uniqueArray(
    told.map((one) => metricOf(type, one)),
    {
      minLength: 1,
      maxLength: 4,
      selector: ({ label }) =>
        JSON.stringify(label?.toSorted((a, b) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1))),
    },
  ).map((metric): FamilyInit => ({ name: of, type, metric })),
);

const ESCAPINGS: readonly ViewFormat["escaping"][] = ["allow-utf-8", "underscores", "dots", "values"];

test.each(["merged", "raw"] as const)(
  "the view %s has the same series in every format, each once",
  (view) => {
    assert(
      property(
        array(uniqueArray(family, { maxLength: 4, selector: ({ name: of }) => String(of) }), {
          maxLength: 3,
        }),
        constantFrom(...ESCAPINGS),
        (bodies, escaping) => {
          // One family of the groups is merged, so that they are a fleet's.
          const relay = createInMemoryRelay({ settings: { rules: [rule("a_total", { without: ["l"] })] } });
          for (const [i, families] of bodies.entries()) {
            relay.push(`/job/j/n/${i}`, protobufBody(...families), { format: "protobuf" });
          }
          const text = seriesOfView(relay.scrape(view, { encoding: "text", escaping }).bytes, {
            encoding: "text",
            escaping,
          });
          for (const encoding of ["openmetrics", "protobuf"] as const) {
            const format: ViewFormat = { encoding, escaping };
            expect(seriesOfView(relay.scrape(view, format).bytes, format)).toEqual(text);
          }
        },
      ),
      { numRuns: 200 },
    );
  },
);
