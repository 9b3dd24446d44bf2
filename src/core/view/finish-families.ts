import type { FamilyType } from "../exposition/parsed-body.ts";
import { createWriter } from "../exposition/write/create-writer.ts";
import type { ViewFormat } from "../exposition/write/format.ts";
import type { ShownFamily } from "../exposition/write/metric.ts";
import { isComplex } from "../exposition/write/metric.ts";
import { shownFamily } from "../exposition/write/names.ts";
import type { MetricWriter, Rendered, WrittenFamily } from "../exposition/write/writer.ts";
import { STAMP_HELP } from "../stamps.ts";
import type { FamilyDraft, FamilyDrafts } from "./family-draft.ts";
import type { LabelBytes } from "./label-bytes.ts";
import { linesOf } from "./rollup-lines.ts";
import { sortMetrics } from "./part-draft.ts";
import { gatherMetrics, type RollupSample } from "./rollup-samples.ts";

interface Helps {
  helpOf(name: string): string | undefined;
}

/** The families of a view under the names that the client reads, sorted by these. Of two with one name the first stands. */
export function* finishFamilies(
  drafts: FamilyDrafts,
  helps: Helps,
  format: ViewFormat,
  labelBytes: LabelBytes,
): Generator<undefined, { readonly families: WrittenFamily[]; readonly collisions: number }> {
  const writer = createWriter(format);
  const families: WrittenFamily[] = [];
  const taken = new Set<string>();
  let collisions = 0;
  for (const { draft, shown } of inOrder(drafts, format)) {
    const names = namesOf(draft, shown.name);
    if (shown.name !== draft.name && names.some((name) => taken.has(name))) {
      collisions += 1;
      continue;
    }
    for (const name of names) taken.add(name);
    const isPlain = format.encoding === "openmetrics" && isReserved(shown.name, draft, drafts);
    const { sections, repeats } = sectionsOf(draft, shown, isPlain, format, writer, labelBytes);
    collisions += repeats;
    const help = STAMP_HELP.get(draft.name) ?? draft.help ?? helps.helpOf(draft.name);
    families.push({ name: shown.name, isLegacy: shown.isLegacy, help, sections, isPlain });
    yield;
  }
  return { families: families.toSorted((a, b) => (a.name < b.name ? -1 : 1)), collisions };
}

interface NamedDraft {
  readonly draft: FamilyDraft;
  readonly shown: ShownFamily;
}

/** Those that are something, first those whose names stay as they are. */
function inOrder(drafts: FamilyDrafts, { escaping }: ViewFormat): NamedDraft[] {
  const same: NamedDraft[] = [];
  const others: NamedDraft[] = [];
  for (const draft of drafts.values()) {
    if (draft.pushed.size === 0 && draft.samples.length === 0) continue;
    const shown = shownFamily(draft.name, "untyped", escaping);
    (shown.name === draft.name ? same : others).push({ draft, shown });
  }
  return [...same, ...others.toSorted((a, b) => (a.draft.name < b.draft.name ? -1 : 1))];
}

/** The names that samples of the family may have. */
function namesOf(draft: FamilyDraft, name: string): string[] {
  const isOne = typesOf(draft).some(isComplex);
  return isOne ? [name, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}

function typesOf({ pushed, samples }: FamilyDraft): FamilyType[] {
  return [...new Set([...pushed.keys(), ...samples.map(({ type }) => type)])];
}

/** Whether another family has a name that one of its type has besides its own in OpenMetrics. */
function isReserved(name: string, draft: FamilyDraft, drafts: FamilyDrafts): boolean {
  const types = typesOf(draft);
  const base = types.includes("counter") ? name.replace(/_total$/, "") : name;
  return types.length > 1 || (base !== name && drafts.has(base)) || drafts.has(`${base}_created`);
}

function sectionsOf(
  { pushed, samples }: FamilyDraft,
  shown: ShownFamily,
  isPlain: boolean,
  format: ViewFormat,
  writer: MetricWriter,
  labelBytes: LabelBytes,
): { readonly sections: WrittenFamily["sections"]; readonly repeats: number } {
  const sections = new Map<FamilyType, Iterable<Rendered>>();
  let repeats = 0;
  for (const [type, { metrics }] of pushed) {
    const sorted = sortMetrics(metrics);
    repeats += sorted.repeats;
    sections.set(
      type,
      joined(sorted.metrics.map(({ rendered, plain }) => (isPlain ? (plain ?? rendered) : rendered))),
    );
  }
  for (const [type, ofType] of Map.groupBy(samples, (sample) => sample.type)) {
    const rendered = renderRollups({ ...shown, type }, ofType, isPlain, format, writer, labelBytes);
    const before = sections.get(type);
    sections.set(type, before === undefined ? rendered : oneAfterTheOther([before, rendered]));
  }
  return {
    sections: [...sections].map(([type, metrics]) => ({
      type,
      metrics,
      bulks: pushed.get(type)?.bulks ?? [],
    })),
    repeats,
  };
}

/** Text has the samples of a summary one by one; what a histogram must have, and was not pushed, it gets. */
function renderRollups(
  family: ShownFamily,
  samples: readonly RollupSample[],
  isPlain: boolean,
  { encoding }: ViewFormat,
  writer: MetricWriter,
  labelBytes: LabelBytes,
): Iterable<Rendered> {
  const isText = encoding === "text";
  const metrics =
    isComplex(family.type) && !(isText && family.type === "summary") ? gatherMetrics(samples) : undefined;
  if (metrics !== undefined && [...metrics.values()].every(({ count }) => count !== undefined)) {
    return joined(
      [...metrics].map(([labels, { count = Number.NaN, ...metric }]) =>
        writer.complex(family, labels, { ...metric, count, startMs: isPlain ? Number.NaN : metric.startMs }),
      ),
    );
  }
  if (isText) return { [Symbol.iterator]: () => linesOf(family, samples, labelBytes) };
  return samples.map(({ labels, value, startMs }) =>
    writer.value(family, labels, value, { startMs: isPlain ? Number.NaN : startMs, exemplar: undefined }),
  );
}

/** Text in one piece. */
function joined(rendered: readonly Rendered[]): Rendered[] {
  return typeof rendered[0] === "string" ? [rendered.join("")] : [...rendered];
}

function* oneAfterTheOther(lists: readonly Iterable<Rendered>[]): Iterable<Rendered> {
  for (const list of lists) yield* list;
}
