import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ExpositionError } from "../exposition-error.ts";
import { decode } from "./decode.ts";
import { MetricFamilySchema } from "./metrics_pb.ts";

/** A family whose metrics are not decoded yet. */
interface RawFamily {
  readonly name: string;
  readonly help: string | undefined;
  /** The number of the enum, any at all. */
  readonly type: number;
  readonly unit: string | undefined;
  readonly metrics: Iterable<Uint8Array>;
}

const { name, help, type, metric, unit } = MetricFamilySchema.field;

/**
 * Splits a body into its families. Metrics are decoded by the caller, one by one: a body of two bytes each for
 * eight million of them would be gigabytes of objects before the first could be counted.
 */
export function* readFamilies(body: Uint8Array): Iterable<RawFamily> {
  // Memory of its own: text decoders of some platforms refuse what is shared.
  const bytes = body.slice();
  const reader = new BinaryReader(bytes);
  while (reader.pos < bytes.length) {
    const length = decode(() => reader.uint64(), "unexpected EOF");
    // Compared before anything is read or made: a prefix of five bytes can say 26 GB.
    if (BigInt(length) > BigInt(bytes.length - reader.pos)) throw new ExpositionError("unexpected EOF");
    const end = reader.pos + Number(length);
    yield readFamily(bytes.subarray(reader.pos, end));
    reader.pos = end;
  }
}

function readFamily(bytes: Uint8Array): RawFamily {
  const family = {
    name: "",
    help: undefined as string | undefined,
    type: 0,
    unit: undefined as string | undefined,
    metrics: { [Symbol.iterator]: () => readMetrics(bytes) },
  };
  decode(() => {
    const reader = new BinaryReader(bytes);
    while (reader.pos < bytes.length) {
      const [field, wireType] = reader.tag();
      if (wireType === WireType.Varint && field === type.number) family.type = reader.int32();
      else if (wireType !== WireType.LengthDelimited) reader.skip(wireType, field);
      else if (field === name.number) family.name = reader.string(true);
      else if (field === help.number) family.help = reader.string(false);
      else if (field === unit.number) family.unit = reader.string(true);
      else reader.skip(wireType, field);
    }
  });
  return family;
}

/** The fields have been read once by then, without an error. */
function* readMetrics(bytes: Uint8Array): Iterator<Uint8Array> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < bytes.length) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited && field === metric.number) yield reader.bytes();
    else reader.skip(wireType, field);
  }
}
