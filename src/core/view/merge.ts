import { escapeHelp } from "../exposition/escape.ts";
import { formatNumber } from "../exposition/format-number.ts";
import type { FamilyType } from "../exposition/parsed-body.ts";
import { valueOf } from "../rollup/partial.ts";
import type { Companion } from "../rollup/rule.ts";
import { STAMP_HELP } from "../stamps.ts";
import type { CompanionValue, MergedOutput, PushedNames, ServingTime } from "./merged-output.ts";
import { gatherSeries, isServed, servedCompanions } from "./merged-output.ts";
import type { SortedMetric, ViewPart } from "./part.ts";

/** What the merge asks the coordinator. */
export interface MergeContext extends ServingTime, PushedNames {
  helpOf(name: string): string | undefined;
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
      for (const one of series) gatherSeries(draftOf(drafts, name).outputs, one);
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

function renderRollups(draft: Draft, drafts: Map<string, Draft>, context: MergeContext): void {
  for (const output of draft.outputs.values()) {
    if (!isServed(output, context)) continue;
    if (output.series.function !== "interval") addLine(draft, output);
    for (const companion of servedCompanions(draft.name, output, context)) {
      addCompanion(draft.name, companion, drafts);
    }
  }
}

function addLine(draft: Draft, { series, partial }: MergedOutput): void {
  const value = formatNumber(valueOf(series.function, partial));
  draft.types.add(series.type);
  draft.lines += `${draft.name}${series.suffix}${series.labels} ${value}\n`;
}

const COMPANION_HELP: { readonly [C in Companion]: string } = {
  max: "Largest over the sources of",
  avg: "Average over the sources of",
  sum: "Sum over the sources of",
  contributors: "How many sources were added up to",
  min: "Smallest over the sources of",
  quantile_lower: "At least this high is each quantile over all sources of",
  quantile_upper: "At most this high is each quantile over all sources of",
};

function addCompanion(
  family: string,
  { companion, name, labels, value }: CompanionValue,
  drafts: Map<string, Draft>,
): void {
  const draft = draftOf(drafts, name);
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
