import { encodeUtf8 } from "../../encode-utf8.ts";
import { isComplex } from "./metric.ts";
import type { ViewFormat } from "./format.ts";
import { openMetricsHeader } from "./openmetrics-writer.ts";
import { protobufHeader, toUntyped } from "./protobuf-writer.ts";
import { textHeader } from "./text-writer.ts";
import type { BulksOf, Rendered, WrittenFamily, WrittenSection } from "./writer.ts";

/** Families as a scrape answers them, in chunks of any size, made one by one. Behind the last comes `endOf`. */
export function writeFamilies(
  families: Iterable<WrittenFamily>,
  { encoding }: ViewFormat,
  bulksOf: BulksOf<Uint8Array>,
): Iterable<Rendered> {
  return encoding === "protobuf" ? writeMessages(families, bulksOf) : writeLines(families, encoding, bulksOf);
}

/** The same of a text format, which asks nothing of the chunks of bulks but their place. */
export function* writeLines<Chunk>(
  families: Iterable<WrittenFamily>,
  encoding: "text" | "openmetrics",
  bulksOf: BulksOf<Chunk>,
): Iterable<Rendered | Chunk> {
  const headerOf = encoding === "text" ? textHeader : openMetricsHeader;
  for (const family of families) {
    if (family.isRest !== true) yield headerOf(family);
    for (const { metrics, bulks } of family.sections) {
      yield* metrics;
      if (bulks.length > 0) yield* bulksOf(bulks);
    }
  }
}

/** A family is one message; only one whose series are of types that no message has together is several. */
export function* writeMessages(
  families: Iterable<WrittenFamily>,
  bulksOf: BulksOf<Uint8Array>,
): Iterable<Uint8Array> {
  const chunksOf = ({ metrics, bulks }: WrittenSection): Uint8Array[] => [
    ...Array.from(metrics, bytesOf),
    ...(bulks.length > 0 ? bulksOf(bulks) : []),
  ];
  for (const { name, help, sections } of families) {
    const simple = sections.filter(({ type }) => !isComplex(type));
    if (simple.length > 0) {
      const [type, ...others] = simple.map((section) => section.type);
      const chunks = simple.flatMap(chunksOf);
      yield* messageOf(
        { name, help, type: others.length === 0 ? (type ?? "untyped") : "untyped" },
        others.length === 0 ? chunks : chunks.map(toUntyped),
      );
    }
    for (const section of sections) {
      if (isComplex(section.type)) yield* messageOf({ name, help, type: section.type }, chunksOf(section));
    }
  }
}

/** What stands behind the last family. */
export function endOf({ encoding }: ViewFormat): Rendered {
  return encoding === "openmetrics" ? "# EOF\n" : "";
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
