import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import { escapeMetricName } from "../exposition/write/escape-name.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import type { ComplexMetric, ShownFamily } from "../exposition/write/metric.ts";
import { isComplex, NO_EXTRAS, withInfinity } from "../exposition/write/metric.ts";
import { mayHaveQuotedNames, shownLabels } from "../exposition/write/names.ts";
import { formatBound } from "../exposition/write/openmetrics-writer.ts";
import { withLabel } from "../exposition/write/series-text.ts";
import type { Rendered } from "../exposition/write/writer.ts";
import type { Group, Showing } from "../partition/group.ts";
import { isShown } from "../partition/group.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { Layout } from "../partition/layout.ts";
import type { PartitionState } from "../partition/state.ts";
import { isStamp, PUSH_FAILURE_TIME, PUSH_TIME } from "../stamps.ts";
import type { Bulk } from "./bulk.ts";
import type { BulkSpan, PartDraft } from "./part-draft.ts";
import { familyOf, finishDraft, newDraft, sortKeyOf } from "./part-draft.ts";
import type { OpenPart, SortedMetric } from "./part.ts";
import type { FamilySpan } from "./pushed-part.ts";
import { familySpans, tellPushed } from "./pushed-part.ts";
import { forwardedHelps } from "./forwarded-helps.ts";
import { rollupsOf } from "./rollup-part.ts";
import type { MetricTest } from "./view-filter.ts";
import { namesOf } from "./view-filter.ts";

/** `merged`: roll-ups of fleet groups, kept groups as they are. `raw`: everything as a Pushgateway would show it. */
export type View = "merged" | "raw";

/** What a partition adds to a view. Reads the state only. */
export function createPart(
  state: PartitionState,
  view: View,
  observedMs: number,
  format: ViewFormat,
  isAsked?: MetricTest,
): OpenPart {
  const draft = newDraft(format);
  for (const group of state.groups.values()) {
    if (!isShown(group, observedMs) || (group.isFleet && view === "merged")) continue;
    addStamps(group, draft, isAsked);
    for (const showing of group.shown) addPushed(group, showing, view, draft, isAsked);
  }
  const rollups = view === "merged" ? rollupsOf(state, isAsked) : undefined;
  return {
    part: { partition: state.partition, ...finishDraft(draft), rollups, helps: forwardedHelps(state) },
    writeBulk(name, into) {
      const family = draft.families.get(name);
      if (family === undefined) return;
      for (const span of family.bulk) renderSpan(span, family.shown, draft, into, isAsked);
    },
  };
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
  const { layout, leftOut, extras, dropped } = snapshot;
  const labelsOf = escapedLabels(layout, draft);
  const hasPlain = draft.format.encoding === "openmetrics" && extras !== undefined;
  for (const span of familySpans(layout)) {
    const { name = "", type = "untyped" } = layout.families[span.family] ?? {};
    if (replaced.has(name) || leftOut.has(name) || isStamp(name)) continue;
    const into = familyOf(draft, name, type);
    // What another relay forwards may have other types than what is pushed here.
    if (into.shown.type !== type && (isComplex(into.shown.type) || isComplex(type))) continue;
    // A fleet's hundred thousands of series are not worth sorting; a Pushgateway's users see theirs in order.
    if (group.isFleet && labelsOf === undefined && !isFlat(into.shown, draft.format)) {
      if (isSomeAsked(layout, span, name, type, isAsked)) into.bulk.push({ snapshot, ...span });
      continue;
    }
    tellPushed(snapshot, span, view === "merged" ? dropped : undefined, {
      value(set, value, more) {
        if (isLeftOut(name, type, set, isAsked)) return;
        const labels = labelsOf === undefined ? set.text : labelsOf(set);
        if (labels === undefined) return;
        const { shown, metrics } = into;
        const rendered = draft.writer.value(shown, labels, value, more);
        const plain = hasPlain ? draft.writer.value(shown, labels, value, NO_EXTRAS) : undefined;
        metrics.push(sortedMetric(set, labels, rendered, plain));
      },
      complex(set, metric) {
        if (isLeftOut(name, type, set, isAsked)) return;
        const labels = labelsOf === undefined ? set.text : labelsOf(set);
        if (labels === undefined) return;
        const { shown, metrics } = into;
        if (isFlat(shown, draft.format)) {
          addFlat(draft, name, labels, metric);
          return;
        }
        const rendered = draft.writer.complex(shown, labels, metric);
        const plain = hasPlain ? draft.writer.complex(shown, labels, withoutExtras(metric)) : undefined;
        metrics.push(sortedMetric(set, labels, rendered, plain));
      },
    });
  }
}

function sortedMetric(
  set: LabelSet,
  labels: string,
  rendered: Rendered,
  plain: Rendered | undefined,
): SortedMetric {
  const sortKey = sortKeyOf(labels === set.text ? set.labels : readRenderedLabels(labels));
  return plain === undefined ? { sortKey, rendered } : { sortKey, rendered, plain };
}

function isLeftOut(name: string, type: FamilyType, set: LabelSet, isAsked: MetricTest | undefined): boolean {
  return isAsked?.(namesOf(name, type), set.labels) === false;
}

function isSomeAsked(
  { familyOf: families, sets }: Layout,
  { family, start, end }: FamilySpan,
  name: string,
  type: FamilyType,
  isAsked: MetricTest | undefined,
): boolean {
  if (isAsked === undefined) return true;
  return sets
    .slice(start, end)
    .some((set, i) => families[start + i] === family && !isLeftOut(name, type, set, isAsked));
}

/** Whether the family is told by others in this format: see `addFlat`. */
function isFlat({ type }: ShownFamily, { encoding }: ViewFormat): boolean {
  return encoding === "openmetrics" && type === "gaugehistogram";
}

/** Without exemplars and starts where the format has them only in families of some types. */
function renderSpan(
  span: BulkSpan,
  shown: ShownFamily,
  { writer, format }: PartDraft,
  into: Bulk,
  isAsked: MetricTest | undefined,
): void {
  const { snapshot } = span;
  const { name = "", type = "untyped" } = snapshot.layout.families[span.family] ?? {};
  const isPlain = format.encoding === "openmetrics" && snapshot.extras !== undefined;
  const isLine = format.encoding === "text" && shown.isLegacy;
  if (isLine && isAsked === undefined && !isComplex(type)) {
    addLines(span, shown.name, into);
    return;
  }
  tellPushed(snapshot, span, undefined, {
    value(set, value, extras) {
      if (isLeftOut(name, type, set, isAsked)) return;
      if (isLine) into.line(shown.name, set.text, value);
      else into.add(writer.value(shown, set.text, value, isPlain ? NO_EXTRAS : extras));
    },
    complex(set, metric) {
      if (isLeftOut(name, type, set, isAsked)) return;
      into.add(writer.complex(shown, set.text, isPlain ? withoutExtras(metric) : metric));
    },
  });
}

/**
 * Nearly all bulks are those of families whose metrics are one sample each, wholly shown, in text: these are told
 * without a call or an object for each sample.
 */
function addLines({ snapshot, family, start, end }: BulkSpan, name: string, into: Bulk): void {
  const { layout, values } = snapshot;
  const { sets, familyOf: families, repeats } = layout;
  for (let i = start; i < end; i += 1) {
    const set = sets[i];
    if (set === undefined || families[i] !== family || repeats?.has(i) === true) continue;
    into.line(name, set.text, values[i] ?? Number.NaN);
  }
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
