import { encodeUtf8 } from "../../encode-utf8.ts";
import { isComplex } from "./metric.ts";
import type { ViewFormat } from "./format.ts";
import { openMetricsHeader } from "./openmetrics-writer.ts";
import { protobufHeader, toUntyped } from "./protobuf-writer.ts";
import { textHeader } from "./text-writer.ts";
import type { Rendered, WrittenFamily } from "./writer.ts";

/** Families as a scrape answers them, in chunks of any size, made one by one. */
export function* writeFamilies(
  families: Iterable<WrittenFamily>,
  { encoding }: ViewFormat,
): Iterable<Rendered> {
  for (const family of families) {
    switch (encoding) {
      case "text":
        yield textHeader(family);
        yield* samplesOf(family);
        break;
      case "openmetrics":
        yield openMetricsHeader(family);
        yield* samplesOf(family);
        break;
      case "protobuf":
        yield* messagesOf(family);
    }
  }
  if (encoding === "openmetrics") yield "# EOF\n";
}

function* samplesOf({ sections }: WrittenFamily): Iterable<Rendered> {
  for (const { metrics } of sections) yield* metrics;
}

/** A family is one message; only one whose series are of types that no message has together is several. */
function* messagesOf({ name, help, sections }: WrittenFamily): Iterable<Uint8Array> {
  const simple = sections.filter(({ type }) => !isComplex(type));
  if (simple.length > 0) {
    const [type, ...others] = simple.map((section) => section.type);
    const chunks = simple.flatMap(({ metrics }) => metrics.map(bytesOf));
    yield* messageOf(
      { name, help, type: others.length === 0 ? (type ?? "untyped") : "untyped" },
      others.length === 0 ? chunks : chunks.map(toUntyped),
    );
  }
  for (const { type, metrics } of sections) {
    if (isComplex(type)) yield* messageOf({ name, help, type }, metrics.map(bytesOf));
  }
}

function* messageOf(
  head: Parameters<typeof protobufHeader>[0],
  metrics: readonly Uint8Array[],
): Iterable<Uint8Array> {
  yield protobufHeader(
    head,
    metrics.reduce((sum, { length }) => sum + length, 0),
  );
  yield* metrics;
}

function bytesOf(rendered: Rendered): Uint8Array {
  return typeof rendered === "string" ? encodeUtf8(rendered) : rendered;
}
