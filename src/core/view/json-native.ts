import { formatNumber } from "../exposition/format-number.ts";
import type { NativeBuckets, NativeHistogram } from "../exposition/native-histogram.ts";
import { jsonText } from "./json-text.ts";

/** Which ends of a bucket belong to it, as Prometheus's API numbers them. */
const Boundaries = { openLeft: 0, openRight: 1, closed: 3 } as const;

/** The populated buckets of a native histogram, `[boundaries, from, to, count]` each, from the lowest up. */
export function nativeBucketsJson({
  schema,
  zeroThreshold,
  zeroCount,
  positive,
  negative,
}: NativeHistogram): string {
  const above = bucketsOf(positive).map(([index, count]) =>
    tuple(Boundaries.openLeft, upperBound(schema, index - 1), upperBound(schema, index), count),
  );
  const below = bucketsOf(negative).map(([index, count]) =>
    tuple(Boundaries.openRight, -upperBound(schema, index), -upperBound(schema, index - 1), count),
  );
  const zero = zeroCount === 0 ? [] : [tuple(Boundaries.closed, -zeroThreshold, zeroThreshold, zeroCount)];
  return `[${[...below.toReversed(), ...zero, ...above].join(",")}]`;
}

function bucketsOf({ indexes, counts }: NativeBuckets): (readonly [index: number, count: number])[] {
  return indexes.map((index, i) => [index, counts[i] ?? 0] as const).filter(([, count]) => count !== 0);
}

/** The upper bound of a bucket. As a quotient, because that is how the digits that Go prints come about. */
function upperBound(schema: number, index: number): number {
  const width = 2 ** -schema;
  const exponent = Math.floor(index * width) + 1;
  return 2 ** exponent / 2 ** (exponent - index * width);
}

function tuple(boundaries: number, from: number, to: number, count: number): string {
  return `[${boundaries},${[from, to, count].map((value) => jsonText(formatNumber(value))).join(",")}]`;
}
