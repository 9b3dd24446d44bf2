import { Role } from "../exposition/parsed-body.ts";
import type { Exemplar } from "../exposition/parsed-body.ts";
import type { ComplexMetric, ValueExtras } from "../exposition/write/metric.ts";
import { isComplex, NO_EXTRAS } from "../exposition/write/metric.ts";
import type { LabelSet } from "../partition/label-set.ts";
import type { Snapshot } from "../partition/group.ts";

/** Called once for each metric of a family: for one label set. */
export interface MetricSink {
  value(family: number, set: LabelSet, value: number, extras: ValueExtras): void;
  complex(family: number, set: LabelSet, metric: ComplexMetric): void;
}

/**
 * Tells what a body says as a Pushgateway would show it: sum 0 and count 0 where a summary lacks them. Families are
 * told by their place in the layout; of those that are not wanted nothing is. `dropped` are samples to leave out.
 */
export function tellPushed(
  snapshot: Snapshot,
  isWanted: readonly boolean[],
  dropped: ReadonlySet<number> | undefined,
  sink: MetricSink,
): void {
  const { layout, values, extras } = snapshot;
  const isSimple = layout.families.map(({ type }) => !isComplex(type));
  const complex = new Map<number, Map<LabelSet, Draft>>();
  for (const [i, set] of layout.sets.entries()) {
    const family = layout.familyOf[i] ?? 0;
    if (isWanted[family] !== true || layout.repeats?.has(i) === true) continue;
    if (dropped?.has(i) === true) continue;
    if (isSimple[family] === true) {
      sink.value(
        family,
        set,
        values[i] ?? Number.NaN,
        extras === undefined ? NO_EXTRAS : extrasOf(snapshot, i),
      );
    } else {
      collect(draftOf(complex, family, set), snapshot, i);
    }
  }
  for (const [family, metrics] of complex) {
    const isSummary = layout.families[family]?.type === "summary";
    for (const [set, draft] of metrics) sink.complex(family, set, finish(draft, isSummary));
  }
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

function draftOf(complex: Map<number, Map<LabelSet, Draft>>, family: number, set: LabelSet): Draft {
  let metrics = complex.get(family);
  if (metrics === undefined) complex.set(family, (metrics = new Map()));
  let draft = metrics.get(set);
  if (draft === undefined) {
    draft = {
      parts: [],
      sum: 0,
      count: undefined,
      startMs: Number.NaN,
      native: undefined,
      nativeExemplars: [],
    };
    metrics.set(set, draft);
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
