import { createBlockTable } from "../../src/core/exposition/block-table.ts";
import { formatNumber } from "../../src/core/exposition/format-number.ts";
import { createLabelBlock } from "../../src/core/exposition/label-block.ts";
import { renderLabels } from "../../src/core/exposition/escape.ts";
import {
  endsAsOpenMetrics,
  parseOpenMetrics,
} from "../../src/core/exposition/openmetrics/parse-openmetrics.ts";
import { parseText } from "../../src/core/exposition/parse-text.ts";
import { type ParsedBody, Role } from "../../src/core/exposition/parsed-body.ts";
import { parseProtobuf } from "../../src/core/exposition/protobuf/parse-protobuf.ts";
import type { ViewFormat } from "../../src/core/exposition/write/format.ts";
import { suffixOf } from "../../src/core/partition/layout.ts";
import { nodeBytes } from "../../src/platform/bytes.ts";

const MAX_SAMPLES = 1_000_000;

/** A view as its own parser reads it. */
export function readView(view: Uint8Array, { encoding }: ViewFormat): ParsedBody {
  if (encoding === "protobuf") return parseProtobuf(view, MAX_SAMPLES);
  const options = { bytes: nodeBytes, utf8Names: true, maxSamples: MAX_SAMPLES };
  if (encoding === "text") return parseText(view, { ...options, blocks: createBlockTable(10) });
  if (!endsAsOpenMetrics(view, nodeBytes)) throw new Error("the view does not end in # EOF");
  return parseOpenMetrics(view, options);
}

/**
 * The series that a Prometheus stores of a view, `name{labels}` → value, whatever format it has: bounds have one
 * form, and a histogram of protobuf that has no bucket of +Inf gets it. A series that stands twice is an error.
 */
export function seriesOfView(view: Uint8Array, format: ViewFormat): Map<string, number> {
  const parsed = readView(view, format);
  const found = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const [i, value] of parsed.values.entries()) {
    const { name = "", type } = parsed.families[parsed.familyOf[i] ?? 0] ?? {};
    const role = parsed.roles[i] ?? Role.value;
    const labels = canonical(parsed.blocks[i]?.labels ?? []);
    const series = name + suffixOf(role) + renderLabels(labels);
    if (found.has(series)) throw new Error(`${series} stands twice`);
    // Text has no -0.
    found.set(series, value === 0 ? 0 : value);
    if (role === Role.count && type !== "summary") counts.set(name + "_bucket" + infinite(labels), value);
  }
  for (const [bucket, count] of counts) if (!found.has(bucket)) found.set(bucket, count);
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Bounds stand as numbers in protobuf, and have a point in OpenMetrics. */
function canonical(labels: readonly string[]): readonly string[] {
  return labels.map((text, i) =>
    i % 2 === 1 && /^(?:le|quantile)$/.test(labels[i - 1] ?? "") ? formatNumber(numberOf(text)) : text,
  );
}

function numberOf(text: string): number {
  return Number(text.replace("Inf", "Infinity"));
}

function infinite(labels: readonly string[]): string {
  const pairs: [string, string][] = [["le", "+Inf"]];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? "", labels[i + 1] ?? ""]);
  return renderLabels(createLabelBlock(pairs).labels);
}
