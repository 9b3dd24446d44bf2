import type { Labels } from "../exposition/label-block.ts";
import type { ParsedBody } from "../exposition/parsed-body.ts";
import type { Refusal } from "./commands.ts";
import { shorten } from "./faults.ts";

/** How large names and labels may be. Lengths are in characters. */
export interface LabelBounds {
  /** Of one series, with those of its grouping key. */
  readonly maxLabels: number;
  readonly maxLabelNameLength: number;
  readonly maxLabelValueLength: number;
  readonly maxMetricNameLength: number;
}

/** What is too large about a grouping key, or undefined. */
export function findOversizeKey(grouping: Labels, bounds: LabelBounds): Refusal | undefined {
  return (
    findTooMany([], grouping, "the grouping key", bounds) ?? findTooLong(grouping, "the grouping key", bounds)
  );
}

/** What is too large about a body, or undefined. A block of labels is looked at once, however many lines have it. */
export function findOversize(parsed: ParsedBody, grouping: Labels, bounds: LabelBounds): Refusal | undefined {
  const long = parsed.families.find(({ name }) => name.length > bounds.maxMetricNameLength);
  if (long !== undefined) {
    return tooLong(
      `the metric name ${shorten(long.name)}`,
      long.name,
      bounds.maxMetricNameLength,
      "metric-name",
    );
  }
  for (const [number, { labels }] of parsed.distinctBlocks.entries()) {
    if (!isOversize(labels, grouping, bounds)) continue;
    const family = parsed.families[parsed.familyOf[parsed.blockOf.indexOf(number)] ?? 0]?.name ?? "";
    const series = `a series of ${shorten(family)}`;
    const refusal = findTooMany(labels, grouping, series, bounds) ?? findTooLong(labels, series, bounds);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Whether something may be too large: nothing is written for a block of which nothing is. */
function isOversize(labels: Labels, grouping: Labels, bounds: LabelBounds): boolean {
  if ((labels.length + grouping.length) / 2 > bounds.maxLabels) return true;
  const least = Math.min(bounds.maxLabelNameLength, bounds.maxLabelValueLength);
  return labels.some((text) => text.length > least);
}

function findTooMany(
  labels: Labels,
  grouping: Labels,
  owner: string,
  { maxLabels }: LabelBounds,
): Refusal | undefined {
  if ((labels.length + grouping.length) / 2 <= maxLabels) return undefined;
  // What stands in both is one label.
  const names = new Set([...labels, ...grouping].filter((_, i) => i % 2 === 0));
  if (names.size <= maxLabels) return undefined;
  const message = `${owner} has ${names.size} labels, at most ${maxLabels} are taken: raise --limit.labels or push fewer`;
  return { code: "too_many_labels", message };
}

function findTooLong(labels: Labels, owner: string, bounds: LabelBounds): Refusal | undefined {
  for (let i = 0; i < labels.length; i += 2) {
    const [name = "", value = ""] = [labels[i], labels[i + 1]];
    if (name.length > bounds.maxLabelNameLength) {
      return tooLong(
        `${owner}: the label name ${shorten(name)}`,
        name,
        bounds.maxLabelNameLength,
        "label-name",
      );
    }
    if (value.length > bounds.maxLabelValueLength) {
      const what = `${owner}: the value of label ${shorten(name)}`;
      return tooLong(what, value, bounds.maxLabelValueLength, "label-value");
    }
  }
  return undefined;
}

function tooLong(what: string, text: string, most: number, flag: string): Refusal {
  const message = `${what} has ${text.length} characters, at most ${most} are taken: raise --limit.${flag}-length`;
  return { code: "too_long", message };
}
