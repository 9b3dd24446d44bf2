import { MetricType } from "../../src/core/exposition/protobuf/metrics_pb.ts";
import { labels, protobufBody, type FamilyInit } from "../support/protobuf-body.ts";
import type { Random } from "../support/random.ts";
import { mutateBytes } from "./tokens.ts";

const instant = { seconds: 1_700_000_000n, nanos: 5 };
const exemplar = { label: labels({ trace: "x" }), value: 0.5, timestamp: instant };

const FAMILIES: readonly FamilyInit[] = [
  { name: "c_total", help: "many", metric: [{ label: labels({ l: "a" }), counter: { value: 1, exemplar } }] },
  { name: "c_total", metric: [{ counter: { value: 2, createdTimestamp: instant } }] },
  { name: "g", type: MetricType.GAUGE, unit: "seconds", metric: [{ gauge: { value: -2.5 } }, { gauge: {} }] },
  {
    name: "u",
    type: MetricType.UNTYPED,
    metric: [{ label: labels({ job: "x", "": "" }), untyped: { value: 3 } }],
  },
  {
    name: "s",
    type: MetricType.SUMMARY,
    metric: [{ summary: { sampleCount: 4n, sampleSum: 5, quantile: [{ quantile: 0.5, value: 6 }] } }],
  },
  {
    name: "h",
    type: MetricType.HISTOGRAM,
    metric: [
      {
        label: labels({ le: "1", m: "\u{1F600}" }),
        timestampMs: 5n,
        histogram: {
          sampleCount: 7n,
          sampleSum: 8.5,
          bucket: [
            { upperBound: 0.1, cumulativeCount: 2n, exemplar },
            { upperBound: 1, cumulativeCount: 7n },
          ],
        },
      },
    ],
  },
  {
    name: "n.h",
    type: MetricType.HISTOGRAM,
    metric: [
      {
        histogram: {
          sampleCount: 9n,
          sampleSum: 8.5,
          schema: 3,
          zeroThreshold: 1e-9,
          zeroCount: 2n,
          negativeSpan: [{ offset: -3, length: 2 }],
          negativeDelta: [1n, 1n],
          positiveSpan: [
            { offset: 0, length: 1 },
            { offset: 4, length: 1 },
          ],
          positiveDelta: [2n, 0n],
          exemplars: [exemplar],
          createdTimestamp: instant,
        },
      },
    ],
  },
  {
    name: "gh",
    type: MetricType.GAUGE_HISTOGRAM,
    metric: [
      {
        histogram: { sampleCountFloat: 2.5, schema: -4, positiveSpan: [{ length: 1 }], positiveCount: [2.5] },
      },
    ],
  },
];
const BODIES = FAMILIES.map((family) => protobufBody(family).subarray(1));
const GIANT_VARINT = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];

/** A field of a message as it lies in the bytes. */
interface Field {
  readonly tag: number;
  /** A varint, or the bytes behind the tag. */
  value: bigint | Uint8Array;
}

/** Delimited families, most often with something wrong in them: on the level of bytes, lengths, or nested fields. */
export function makeProtobufBody(random: Random): Uint8Array {
  const families = Array.from({ length: random.below(3) + 1 }, () => {
    const family = random.pick(BODIES);
    const isLong = family.length > 126;
    const message = isLong ? family.subarray(1) : family;
    return random.oneIn(6) ? message : mutateMessage(message, random, 0);
  });
  const body = Buffer.concat(families.flatMap((family) => [lengthOf(family, random), family]));
  return random.oneIn(5) ? mutateBytes(body, random) : body;
}

function lengthOf({ length }: Uint8Array, random: Random): Uint8Array {
  if (random.oneIn(60)) return Buffer.from(GIANT_VARINT);
  return varint(BigInt(random.oneIn(40) ? random.below(1000) : length));
}

function mutateMessage(message: Uint8Array, random: Random, depth: number): Uint8Array {
  const fields = readFields(message);
  if (fields === undefined || fields.length === 0) return mutateBytes(message, random);
  const at = random.below(fields.length);
  const field = fields[at];
  if (field === undefined) return message;
  switch (random.below(9)) {
    case 0:
      fields.splice(at, 1);
      break;
    case 1:
      fields.splice(random.below(fields.length), 0, field);
      break;
    case 2:
      fields[at] = { ...field, tag: (random.below(18) << 3) | (field.tag & 7) };
      break;
    case 3:
      fields[at] = { ...field, tag: (field.tag & ~7) | random.below(8) };
      break;
    case 4:
      if (typeof field.value === "bigint")
        field.value = random.pick([0n, 1n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 64n - 1n]);
      else if (field.value.length === 8) field.value = randomDouble(random);
      break;
    case 5:
      if (depth < 30) fields[at] = { tag: field.tag, value: nest(message, random.below(40)) };
      break;
    default:
      if (typeof field.value !== "bigint" && field.value.length > 0 && (field.tag & 7) === 2) {
        field.value = mutateMessage(field.value, random, depth + 1);
      } else if (typeof field.value !== "bigint") {
        field.value = mutateBytes(field.value, random);
      }
  }
  return Buffer.concat(fields.flatMap(({ tag, value }) => writeField(tag, value, random)));
}

function nest(message: Uint8Array, times: number): Uint8Array {
  let nested = message;
  for (let i = 0; i < times && nested.length < 4_000; i += 1)
    nested = Buffer.concat([Buffer.from([34]), varint(BigInt(nested.length)), nested]);
  return nested;
}

function randomDouble(random: Random): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(random.pick([NaN, Infinity, -Infinity, -0, 0, 5e-324, -1, 2 ** 53, 1.7e308, 0.5]));
  return bytes;
}

function readFields(message: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let pos = 0; pos < message.length;) {
    const tag = readVarint(message, pos);
    if (tag === undefined || tag.value > 200n) return undefined;
    pos = tag.end;
    const wire = Number(tag.value & 7n);
    if (wire === 1 || wire === 5) {
      const end = pos + (wire === 1 ? 8 : 4);
      fields.push({ tag: Number(tag.value), value: message.subarray(pos, end) });
      pos = end;
      continue;
    }
    const number = readVarint(message, pos);
    if (number === undefined || (wire !== 0 && wire !== 2)) return undefined;
    const end = wire === 0 ? number.end : number.end + Number(number.value);
    if (end > message.length) return undefined;
    fields.push({
      tag: Number(tag.value),
      value: wire === 0 ? number.value : message.subarray(number.end, end),
    });
    pos = end;
  }
  return fields;
}

function readVarint(
  bytes: Uint8Array,
  from: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, end: from + i + 1 };
  }
  return undefined;
}

function writeField(tag: number, value: bigint | Uint8Array, random: Random): Uint8Array[] {
  const head = varint(BigInt(tag));
  if (typeof value === "bigint") return [head, random.oneIn(50) ? Buffer.from(GIANT_VARINT) : varint(value)];
  const wire = tag & 7;
  if (wire === 1 || wire === 5) return [head, value];
  const length = random.oneIn(60) ? BigInt(random.below(2 ** 31)) : BigInt(value.length);
  return [head, varint(length), value];
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
