import { escapeHelp } from "../exposition/escape.ts";
import { formatNumber } from "../exposition/format-number.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { emptyPartial, mergePartials, valueOf } from "../rollup/partial.ts";
import type { Partial } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import { PUSH_FAILURE_TIME, PUSH_TIME } from "../stamps.ts";
import type { RollupSeries, SortedMetric, ViewPart } from "./part.ts";

/** What the merge asks the coordinator. */
export interface MergeContext {
  readonly observedMs: number;
  /** How long a counter is shown after its last live contributor. */
  readonly lingerMs: number;
  helpOf(name: string): string | undefined;
  /** Whether somebody pushes a family of that name: a companion must not take it. */
  isPushed(name: string): boolean;
}

/** A family as text: its comment lines, then its samples in pieces that follow each other. */
export interface FamilyText {
  readonly name: string;
  readonly header: string;
  readonly text: string;
  readonly bulks: readonly Uint8Array[];
}

/** Merges the parts of all partitions, in their order, into the families of a view, sorted by name. */
export function mergeParts(parts: readonly ViewPart[], context: MergeContext): FamilyText[] {
  const drafts = new Map<string, Draft>();
  for (const part of parts.toSorted((a, b) => a.partition - b.partition)) {
    for (const { name, type, metrics, bulkStart, bulkEnd } of part.families) {
      const draft = draftOf(drafts, name);
      draft.types.add(type);
      draft.metrics.push(...metrics);
      if (bulkEnd > bulkStart) draft.bulks.push(part.bulk.subarray(bulkStart, bulkEnd));
    }
    for (const { name, series } of part.rollups) {
      for (const one of series) gather(draftOf(drafts, name), one);
    }
  }
  for (const draft of drafts.values()) renderRollups(draft, drafts, context);
  return [...drafts.values()]
    .filter((draft) => draft.lines !== "" || draft.metrics.length > 0 || draft.bulks.length > 0)
    .map((draft) => render(draft, context))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface Draft {
  readonly name: string;
  readonly types: Set<FamilyType>;
  readonly metrics: SortedMetric[];
  readonly bulks: Uint8Array[];
  readonly outputs: Map<string, MergedOutput>;
  lines: string;
  help: string | undefined;
}

interface MergedOutput {
  readonly series: RollupSeries;
  partial: Partial;
  isLive: boolean;
  lastLiveMs: number;
}

function draftOf(drafts: Map<string, Draft>, name: string): Draft {
  let draft = drafts.get(name);
  if (draft === undefined) {
    draft = {
      name,
      types: new Set(),
      metrics: [],
      bulks: [],
      outputs: new Map(),
      lines: "",
      help: undefined,
    };
    drafts.set(name, draft);
  }
  return draft;
}

function gather(draft: Draft, series: RollupSeries): void {
  const key = series.suffix + series.labels;
  const merged = draft.outputs.get(key);
  if (merged === undefined) {
    const { partial, isLive, lastLiveMs } = series;
    draft.outputs.set(key, { series, partial: mergePartials(emptyPartial, partial), isLive, lastLiveMs });
    return;
  }
  // Two rules have led to one series, in two partitions: as within one, the first stands.
  if (merged.series.function !== series.function) return;
  merged.partial = mergePartials(merged.partial, series.partial);
  merged.isLive ||= series.isLive;
  merged.lastLiveMs = Math.max(merged.lastLiveMs, series.lastLiveMs);
}

function renderRollups(draft: Draft, drafts: Map<string, Draft>, context: MergeContext): void {
  for (const output of draft.outputs.values()) {
    if (!isServed(output, context)) continue;
    const { series, partial } = output;
    const value = formatNumber(valueOf(series.function, partial));
    draft.types.add(series.type);
    draft.lines += `${draft.name}${series.suffix}${series.labels} ${value}\n`;
    for (const companion of series.companions) {
      addCompanion(draft.name, companion, series.labels, partial, drafts, context);
    }
  }
}

/**
 * A counter outlives its contributors, or a sum would fall when a task ends. What keeps a label of one
 * process leaves with it, or `count()` over the processes would never fall.
 */
function isServed(
  { series, isLive, lastLiveMs }: MergedOutput,
  { observedMs, lingerMs }: MergeContext,
): boolean {
  return isLive || (!series.perProcess && observedMs - lastLiveMs < lingerMs);
}

const COMPANION_HELP: { readonly [C in Companion]: string } = {
  max: "Largest over the sources of",
  avg: "Average over the sources of",
  sum: "Sum over the sources of",
  contributors: "How many sources were added up to",
};

function addCompanion(
  family: string,
  companion: Companion,
  labels: string,
  partial: Partial,
  drafts: Map<string, Draft>,
  context: MergeContext,
): void {
  const name = `${family}_${companion}`;
  // Without a live value there is nothing to say beside the family; a pushed family of that name stands.
  if (partial.count === 0 || context.isPushed(name)) return;
  const draft = draftOf(drafts, name);
  const value = companion === "contributors" ? partial.count : valueOf(companion, partial);
  draft.types.add("gauge");
  draft.help = `${COMPANION_HELP[companion]} ${family}.`;
  draft.lines += `${name}${labels} ${formatNumber(value)}\n`;
}

function render(draft: Draft, context: MergeContext): FamilyText {
  const [type = "untyped"] = draft.types;
  const help = STAMP_HELP.get(draft.name) ?? draft.help ?? context.helpOf(draft.name);
  const helpLine = help === undefined ? "" : `# HELP ${draft.name} ${escapeHelp(help)}\n`;
  // A family has one TYPE in a view; where its series differ, none of them is true.
  const header = `${helpLine}# TYPE ${draft.name} ${draft.types.size > 1 ? "untyped" : type}\n`;
  return { name: draft.name, header, text: sortedText(draft.metrics) + draft.lines, bulks: draft.bulks };
}

const STAMP_HELP: ReadonlyMap<string, string> = new Map([
  [PUSH_TIME, "Last Unix time when changing this group in the Pushgateway succeeded."],
  [PUSH_FAILURE_TIME, "Last Unix time when changing this group in the Pushgateway failed."],
]);

/** Two groups can show the same series where one has a label in its key and the other in its body: the first stands. */
function sortedText(metrics: SortedMetric[]): string {
  metrics.sort((a, b) => (a.sortKey < b.sortKey ? -1 : a.sortKey > b.sortKey ? 1 : 0));
  let text = "";
  let before: string | undefined;
  for (const { lines } of metrics) {
    const series = firstSeriesOf(lines);
    if (series !== before) text += lines;
    before = series;
  }
  return text;
}

function firstSeriesOf(lines: string): string {
  return lines.slice(0, lines.lastIndexOf(" ", lines.indexOf("\n")));
}
