import type { Labels } from "../exposition/label-block.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { createWriter } from "../exposition/write/create-writer.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { ShownFamily } from "../exposition/write/metric.ts";
import { shownFamily } from "../exposition/write/names.ts";
import type { MetricWriter } from "../exposition/write/writer.ts";
import type { Snapshot } from "../partition/group.ts";
import type { FamilyPart, SortedMetric, ViewPart } from "./part.ts";
import type { FamilySpan } from "./pushed-part.ts";

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
  readonly bulk: BulkSpan[];
}

/** What one body of a fleet group says of a family. */
export interface BulkSpan extends FamilySpan {
  readonly snapshot: Snapshot;
}

function samplesIn(bulk: readonly BulkSpan[]): number {
  return bulk.reduce((sum, { start, end }) => sum + end - start, 0);
}

export function newDraft(format: ViewFormat): PartDraft {
  return { format, writer: createWriter(format), families: new Map(), collisions: 0 };
}

/** The draft of a family, by the name under which it was pushed. */
export function familyOf({ families, format }: PartDraft, name: string, type: FamilyType): FamilyDraft {
  let family = families.get(name);
  if (family === undefined) {
    const shown = shownFamily(name, type, format.escaping);
    families.set(name, (family = { shown, metrics: [], bulk: [] }));
  }
  return family;
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
export function finishDraft({ families, collisions }: PartDraft): Pick<ViewPart, "families" | "collisions"> {
  const parts: FamilyPart[] = [];
  for (const [name, { shown, metrics, bulk }] of families) {
    if (metrics.length === 0 && bulk.length === 0) continue;
    metrics.sort(byKey);
    parts.push({ name, type: shown.type, metrics, bulkSamples: samplesIn(bulk) });
  }
  return { families: parts, collisions };
}
