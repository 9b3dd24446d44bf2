import { encodeUtf8 } from "../encode-utf8.ts";
import { formatNumber } from "../exposition/format-number.ts";
import { renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import type { Group } from "../partition/group.ts";
import { isShown } from "../partition/group.ts";
import type { PartitionState } from "../partition/state.ts";
import { isStamp, PUSH_FAILURE_TIME, PUSH_TIME } from "../stamps.ts";
import type { FamilyPart, SortedMetric, ViewPart } from "./part.ts";
import { renderPushed } from "./pushed-part.ts";
import { rollupParts } from "./rollup-part.ts";

/** `merged`: roll-ups of fleet groups, kept groups as they are. `raw`: everything as a Pushgateway would show it. */
export type View = "merged" | "raw";

/** Renders what a partition adds to a view. Reads the state only. */
export function createPart(state: PartitionState, view: View, observedMs: number): ViewPart {
  const families = new Map<string, Draft>();
  for (const group of state.groups.values()) {
    if (!isShown(group, observedMs) || (group.isFleet && view === "merged")) continue;
    addStamps(group, families);
    addPushed(group, view, families);
  }
  const { parts, bulk } = finish(families);
  const rollups = view === "merged" ? rollupParts(state) : [];
  return { partition: state.partition, families: parts, rollups, bulk };
}

interface Draft {
  readonly type: FamilyType;
  readonly metrics: SortedMetric[];
  bulk: string;
}

function addStamps({ key, pushedSeconds, failedSeconds }: Group, families: Map<string, Draft>): void {
  const all = withInstance(key.labels);
  const labels = renderLabels(all);
  const sortKey = sortKeyOf(all);
  for (const [name, seconds] of [
    [PUSH_TIME, pushedSeconds],
    [PUSH_FAILURE_TIME, failedSeconds],
  ] as const) {
    draft(families, name, "gauge").metrics.push({
      sortKey,
      lines: `${name}${labels} ${formatNumber(seconds)}\n`,
    });
  }
}

function addPushed(group: Group, view: View, families: Map<string, Draft>): void {
  for (const { snapshot, replaced } of group.shown) {
    const isWanted = (name: string): boolean =>
      !replaced.has(name) && !snapshot.leftOut.has(name) && !isStamp(name);
    const left = view === "merged" ? snapshot.dropped : undefined;
    renderPushed(snapshot, isWanted, left, (family, set, lines) => {
      const into = draft(families, family.name, family.type);
      // A fleet's hundred thousands of series are not worth sorting; a Pushgateway's users see theirs in order.
      if (group.isFleet) into.bulk += lines;
      else into.metrics.push({ sortKey: sortKeyOf(set.labels), lines });
    });
  }
}

function draft(families: Map<string, Draft>, name: string, type: FamilyType): Draft {
  let found = families.get(name);
  if (found === undefined) families.set(name, (found = { type, metrics: [], bulk: "" }));
  return found;
}

function finish(families: ReadonlyMap<string, Draft>): { parts: FamilyPart[]; bulk: Uint8Array } {
  const parts: FamilyPart[] = [];
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (const [name, { type, metrics, bulk }] of families) {
    const bytes = encodeUtf8(bulk);
    chunks.push(bytes);
    metrics.sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0));
    parts.push({ name, type, metrics, bulkStart: length, bulkEnd: length + bytes.length });
    length += bytes.length;
  }
  const whole = new Uint8Array(length);
  let pos = 0;
  for (const chunk of chunks) {
    whole.set(chunk, pos);
    pos += chunk.length;
  }
  return { parts, bulk: whole };
}

/** client_golang sorts the metrics of a family by how many labels they have, then by the values in turn. */
function sortKeyOf(labels: Labels): string {
  const values = labels.filter((_, i) => i % 2 === 1);
  return [String.fromCharCode(values.length), ...values].join("\u0000");
}

/** The labels of a group's own families: `instance` is there even where its key has none. */
export function withInstance(labels: Labels): Labels {
  if (labelValue(labels, "instance") !== undefined) return labels;
  const pairs: [string, string][] = [["instance", ""]];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? "", labels[i + 1] ?? ""]);
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
}
