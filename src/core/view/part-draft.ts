import { concat } from "../concat.ts";
import { encodeUtf8 } from "../encode-utf8.ts";
import type { Labels } from "../exposition/label-block.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { createWriter } from "../exposition/write/create-writer.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { ShownFamily } from "../exposition/write/metric.ts";
import { shownFamily } from "../exposition/write/names.ts";
import type { MetricWriter, Rendered } from "../exposition/write/writer.ts";
import type { FamilyPart, SortedMetric, ViewPart } from "./part.ts";

/** What a partition shows as it was pushed, while it is rendered. */
export interface PartDraft {
  readonly format: ViewFormat;
  readonly writer: MetricWriter;
  readonly families: Map<string, FamilyDraft>;
  collisions: number;
}

export interface FamilyDraft {
  readonly shown: ShownFamily;
  readonly metrics: SortedMetric[];
  /** Metrics that need no order, as text and in protobuf as bytes. */
  text: string;
  readonly bytes: Uint8Array[];
}

export function newDraft(format: ViewFormat): PartDraft {
  return { format, writer: createWriter(format), families: new Map(), collisions: 0 };
}

/** The draft of a family, by the name under which it was pushed. */
export function familyOf({ families, format }: PartDraft, name: string, type: FamilyType): FamilyDraft {
  let family = families.get(name);
  if (family === undefined) {
    const shown = shownFamily(name, type, format.escaping);
    families.set(name, (family = { shown, metrics: [], text: "", bytes: [] }));
  }
  return family;
}

export function addBulk(family: FamilyDraft, rendered: Rendered): void {
  if (typeof rendered === "string") family.text += rendered;
  else family.bytes.push(rendered);
}

/** client_golang sorts the metrics of a family by how many labels they have, then by the values in turn. */
export function sortKeyOf(labels: Labels): string {
  let values = String.fromCharCode(labels.length / 2);
  // Behind the values, so that the key tells labels apart and not values alone.
  let names = "";
  for (let i = 0; i < labels.length; i += 2) {
    names += SEPARATOR + withoutSeparator(labels[i] ?? "");
    values += SEPARATOR + withoutSeparator(labels[i + 1] ?? "");
  }
  return values + names;
}

const SEPARATOR = "\0\0";

function withoutSeparator(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\0\u0001") : text;
}

/** Orders by key. Of several with one key the first stands, and the others are counted. */
export function sortMetrics(metrics: SortedMetric[]): {
  readonly metrics: SortedMetric[];
  readonly repeats: number;
} {
  metrics.sort(byKey);
  const firsts = metrics.filter(({ sortKey }, i) => sortKey !== metrics[i - 1]?.sortKey);
  return { metrics: firsts, repeats: metrics.length - firsts.length };
}

function byKey(a: SortedMetric, b: SortedMetric): number {
  if (a.sortKey === b.sortKey) return 0;
  return a.sortKey < b.sortKey ? -1 : 1;
}

/** The part, once all is in it that was pushed. */
export function finishDraft({
  families,
  collisions,
}: PartDraft): Pick<ViewPart, "families" | "bulk" | "collisions"> {
  const parts: FamilyPart[] = [];
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const [name, { shown, metrics, text, bytes }] of families) {
    const bulkStart = length;
    for (const chunk of text === "" ? bytes : [encodeUtf8(text), ...bytes]) {
      chunks.push(chunk);
      length += chunk.length;
    }
    if (metrics.length === 0 && length === bulkStart) continue;
    metrics.sort(byKey);
    parts.push({ name, type: shown.type, metrics, bulkStart, bulkEnd: length });
  }
  return { families: parts, bulk: concat(chunks), collisions };
}
