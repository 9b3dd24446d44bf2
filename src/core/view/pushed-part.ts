import { Role } from "../exposition/parsed-body.ts";
import type { Exemplar } from "../exposition/parsed-body.ts";
import type { ComplexMetric, ValueExtras } from "../exposition/write/metric.ts";
import { isComplex, NO_EXTRAS } from "../exposition/write/metric.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { Layout } from "../partition/layout.ts";
import type { Snapshot } from "../partition/group.ts";

/** Called once for each metric of a family: for one label set. */
export interface MetricSink {
  value(set: LabelSet, value: number, extras: ValueExtras): void;
  complex(set: LabelSet, metric: ComplexMetric): void;
}

/** Where the samples of a family stand in a body: `[start, end)`, with those of others between them or none. */
export interface FamilySpan {
  /** Its place among the families of the layout. */
  readonly family: number;
  readonly start: number;
  readonly end: number;
}

/** Of each family of the layout that has samples. */
export function familySpans({ families, familyOf }: Layout): FamilySpan[] {
  const starts = new Uint32Array(families.length);
  const ends = new Uint32Array(families.length);
  for (const [i, family] of familyOf.entries()) {
    if (ends[family] === 0) starts[family] = i;
    ends[family] = i + 1;
  }
  const spans = families.map((_, family) => ({ family, start: starts[family] ?? 0, end: ends[family] ?? 0 }));
  return spans.filter(({ end }) => end > 0);
}

/**
 * Tells what a body says of one family as a Pushgateway would show it: sum 0 and count 0 where a summary lacks them.
 * `dropped` are samples to leave out.
 */
export function tellPushed(
  snapshot: Snapshot,
  { family, start, end }: FamilySpan,
  dropped: ReadonlySet<number> | undefined,
  sink: MetricSink,
): void {
  const { layout, values, extras } = snapshot;
  const type = layout.families[family]?.type ?? "untyped";
  const drafts = isComplex(type) ? new Map<LabelSet, Draft>() : undefined;
  for (let i = start; i < end; i += 1) {
    const set = layout.sets[i];
    if (layout.familyOf[i] !== family || set === undefined) continue;
    if (layout.repeats?.has(i) === true || dropped?.has(i) === true) continue;
    if (drafts !== undefined) {
      collect(draftOf(drafts, set), snapshot, i);
    } else {
      sink.value(set, values[i] ?? Number.NaN, extras === undefined ? NO_EXTRAS : extrasOf(snapshot, i));
    }
  }
  for (const [set, draft] of drafts ?? []) sink.complex(set, finish(draft, type === "summary"));
}

/** A summary or a histogram while its samples are met. */
interface Draft {
  readonly parts: {
    readonly bound: number;
    readonly value: number;
    readonly exemplar: Exemplar | undefined;
  }[];
  sum: number;
  count: number | undefined;
  startMs: number;
  native: ComplexMetric["native"];
  nativeExemplars: readonly Exemplar[];
}

function extrasOf({ extras }: Snapshot, i: number): ValueExtras {
  return { startMs: extras?.startsMs?.[i] ?? Number.NaN, exemplar: extras?.exemplars?.get(i) };
}

function draftOf(drafts: Map<LabelSet, Draft>, set: LabelSet): Draft {
  let draft = drafts.get(set);
  if (draft === undefined) {
    draft = {
      parts: [],
      sum: 0,
      count: undefined,
      startMs: Number.NaN,
      native: undefined,
      nativeExemplars: [],
    };
    drafts.set(set, draft);
  }
  return draft;
}

function collect(draft: Draft, { layout, values, extras }: Snapshot, i: number): void {
  const value = values[i] ?? Number.NaN;
  const startMs = extras?.startsMs?.[i] ?? Number.NaN;
  if (!Number.isNaN(startMs)) draft.startMs = startMs;
  const role = layout.roles[i];
  if (role === Role.sum) {
    draft.sum = value;
  } else if (role === Role.count) {
    draft.count = value;
    draft.native = extras?.natives?.get(i);
    draft.nativeExemplars = extras?.nativeExemplars?.get(i) ?? [];
  } else {
    draft.parts.push({
      bound: layout.bounds?.[i] ?? Number.NaN,
      value,
      exemplar: extras?.exemplars?.get(i),
    });
  }
}

function finish({ count, ...draft }: Draft, isSummary: boolean): ComplexMetric {
  const infinity = draft.parts.find(({ bound }) => bound === Number.POSITIVE_INFINITY);
  const shown = count ?? infinity?.value ?? 0;
  // expfmt keeps the count of a summary as a whole number.
  return { ...draft, count: isSummary ? Math.trunc(shown) : shown };
}
