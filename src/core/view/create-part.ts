import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import { escapeMetricName } from "../exposition/write/escape-name.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { ComplexMetric } from "../exposition/write/metric.ts";
import { NO_EXTRAS } from "../exposition/write/metric.ts";
import { mayHaveQuotedNames, shownLabels } from "../exposition/write/names.ts";
import { formatBound } from "../exposition/write/openmetrics-writer.ts";
import { withInfinity } from "../exposition/write/metric.ts";
import { withLabel } from "../exposition/write/series-text.ts";
import type { Rendered } from "../exposition/write/writer.ts";
import type { Group, Showing } from "../partition/group.ts";
import { isShown } from "../partition/group.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { Layout } from "../partition/layout.ts";
import type { PartitionState } from "../partition/state.ts";
import { isStamp, PUSH_FAILURE_TIME, PUSH_TIME } from "../stamps.ts";
import type { FamilyDraft, PartDraft } from "./part-draft.ts";
import { addBulk, familyOf, finishDraft, newDraft, sortKeyOf } from "./part-draft.ts";
import type { ViewPart } from "./part.ts";
import { tellPushed } from "./pushed-part.ts";
import { rollupParts } from "./rollup-part.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf } from "./view-filter.ts";

/** `merged`: roll-ups of fleet groups, kept groups as they are. `raw`: everything as a Pushgateway would show it. */
export type View = "merged" | "raw";

/** Renders what a partition adds to a view. Reads the state only. */
export function createPart(
  state: PartitionState,
  view: View,
  observedMs: number,
  format: ViewFormat,
  isAsked?: MetricTest,
): ViewPart {
  const draft = newDraft(format);
  for (const group of state.groups.values()) {
    if (!isShown(group, observedMs) || (group.isFleet && view === "merged")) continue;
    addStamps(group, draft, isAsked);
    for (const showing of group.shown) addPushed(group, showing, view, draft, isAsked);
  }
  const rollups = view === "merged" ? rollupParts(state, isAsked) : [];
  return { partition: state.partition, ...finishDraft(draft), rollups };
}

function addStamps(
  { key, pushedSeconds, failedSeconds }: Group,
  draft: PartDraft,
  isAsked: MetricTest | undefined,
): void {
  const given = withInstance(key.labels);
  const labels = shownLabels(renderLabels(given), draft.format.escaping);
  if (labels === undefined) return;
  const sortKey = sortKeyOf(readRenderedLabels(labels));
  for (const [name, seconds] of [
    [PUSH_TIME, pushedSeconds],
    [PUSH_FAILURE_TIME, failedSeconds],
  ] as const) {
    if (isAsked?.([name], given) === false) continue;
    const { shown, metrics } = familyOf(draft, name, "gauge");
    metrics.push({ sortKey, rendered: draft.writer.value(shown, labels, seconds, NO_EXTRAS) });
  }
}

function addPushed(
  group: Group,
  { snapshot, replaced }: Showing,
  view: View,
  draft: PartDraft,
  isAsked: MetricTest | undefined,
): void {
  const { layout, leftOut, extras } = snapshot;
  const { writer, format } = draft;
  const isWanted = layout.families.map(
    ({ name }) => !replaced.has(name) && !leftOut.has(name) && !isStamp(name),
  );
  const families = layout.families.map(({ name, type }, i) =>
    isWanted[i] === true ? familyOf(draft, name, type) : undefined,
  );
  const names = layout.families.map(({ name, type }) => namesOf(name, type));
  const isLeftOut = (family: number, set: LabelSet): boolean =>
    isAsked?.(names[family] ?? [], set.labels) === false;
  const labelsOf = escapedLabels(layout, draft);
  // A fleet's hundred thousands of series are not worth sorting; a Pushgateway's users see theirs in order.
  const isBulk = group.isFleet && labelsOf === undefined;
  const isOpenMetrics = format.encoding === "openmetrics";
  const hasPlain = isOpenMetrics && extras !== undefined;

  function add(into: FamilyDraft, set: LabelSet, labels: string, rendered: Rendered, plain?: Rendered): void {
    if (isBulk) {
      addBulk(into, plain ?? rendered);
      return;
    }
    const sortKey = sortKeyOf(labels === set.text ? set.labels : readRenderedLabels(labels));
    into.metrics.push(plain === undefined ? { sortKey, rendered } : { sortKey, rendered, plain });
  }

  tellPushed(snapshot, isWanted, view === "merged" ? snapshot.dropped : undefined, {
    value(family, set, value, more) {
      if (isLeftOut(family, set)) return;
      const into = families[family];
      const labels = labelsOf === undefined ? set.text : labelsOf(set);
      if (into === undefined || labels === undefined) return;
      const plain = hasPlain ? writer.value(into.shown, labels, value, NO_EXTRAS) : undefined;
      add(into, set, labels, writer.value(into.shown, labels, value, more), plain);
    },
    complex(family, set, metric) {
      if (isLeftOut(family, set)) return;
      const into = families[family];
      const labels = labelsOf === undefined ? set.text : labelsOf(set);
      if (into === undefined || labels === undefined) return;
      if (isOpenMetrics && into.shown.type === "gaugehistogram") {
        addFlat(draft, layout.families[family]?.name ?? "", labels, metric);
        return;
      }
      const plain = hasPlain ? writer.complex(into.shown, labels, withoutExtras(metric)) : undefined;
      add(into, set, labels, writer.complex(into.shown, labels, metric), plain);
    },
  });
}

/**
 * How the labels of the layout are shown where some of them must be escaped; undefined where none must. Answers
 * undefined, and counts it, where two labels would have one name.
 */
function escapedLabels(
  layout: Layout,
  draft: PartDraft,
): ((set: LabelSet) => string | undefined) | undefined {
  const { escaping } = draft.format;
  if (escaping === "allow-utf-8" || !mayNeedEscapes(layout)) return undefined;
  const known = new Map<LabelSet, string | undefined>();
  return (set) => {
    if (!known.has(set)) known.set(set, shownLabels(set.text, escaping));
    const labels = known.get(set);
    if (labels === undefined) draft.collisions += 1;
    return labels;
  };
}

const layoutsThatMayNeedEscapes = new WeakMap<Layout, boolean>();

/** Asked of every layout in every scrape. */
function mayNeedEscapes(layout: Layout): boolean {
  let may = layoutsThatMayNeedEscapes.get(layout);
  if (may === undefined) {
    may = layout.sets.some(({ text }) => mayHaveQuotedNames(text));
    layoutsThatMayNeedEscapes.set(layout, may);
  }
  return may;
}

/**
 * A gauge histogram as OpenMetrics can show it: there its count and sum would have other names than in the other
 * formats, so that each of them is a family of its own.
 */
function addFlat(draft: PartDraft, name: string, labels: string, metric: ComplexMetric): void {
  // Escaped before the suffix, as its parts are in the other formats.
  const base = escapeMetricName(name, draft.format.escaping);
  function add(suffix: string, text: string, value: number): void {
    const { shown, metrics } = familyOf(draft, base + suffix, "untyped");
    const rendered = draft.writer.value(shown, text, value, NO_EXTRAS);
    metrics.push({ sortKey: sortKeyOf(readRenderedLabels(text)), rendered });
  }
  for (const { bound, value } of withInfinity(metric)) {
    add("_bucket", withLabel(labels, "le", formatBound(bound)), value);
  }
  add("_sum", labels, metric.sum ?? 0);
  add("_count", labels, metric.count);
}

function withoutExtras(metric: ComplexMetric): ComplexMetric {
  return { ...metric, startMs: Number.NaN };
}

/** The labels of a group's own families: `instance` is there even where its key has none. */
export function withInstance(labels: Labels): Labels {
  if (labelValue(labels, "instance") !== undefined) return labels;
  const pairs: [string, string][] = [["instance", ""]];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? "", labels[i + 1] ?? ""]);
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
}
