import { escapeLabelValue, readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import type { DroppedLabels } from "../rollup/rules/dropped-labels.ts";
import type { LabelSet } from "./label-set.ts";

/** Some labels as the merged view shows them. */
export interface MergedLabels {
  /** With braces. Once an output has been found it is its very string, by which the next is found without comparing characters. */
  text: string;
  /** A label of a process is among them. */
  readonly keepsProcess: boolean;
}

/** How labels of the same names are shown: the values stand between what is fixed. */
export interface MergedTemplate {
  /** One more than there are values. */
  readonly fixed: readonly string[];
  /** The places of the values among the labels, and of those which stand for them where they are empty; or -1. */
  readonly from: readonly number[];
  readonly ifEmpty: readonly number[];
  readonly keepsProcess: boolean;
}

/**
 * The labels of a source as the merged view shows them: less those dropped, with the job that the
 * fleet has in common. Remembered by the object that says what is dropped.
 *
 * `job` and `instance` are never left out: with `honor_labels` Prometheus would fill in its own. Where
 * they are dropped they are empty.
 */
export function mergedLabels(
  set: LabelSet,
  dropped: DroppedLabels,
  job: string,
  instanceLabel: string,
): MergedLabels {
  return set.merged(dropped) ?? merge(set, dropped, job, instanceLabel);
}

/** Apart, because a function with a closure in it allocates at every call. */
function merge(set: LabelSet, dropped: DroppedLabels, job: string, instanceLabel: string): MergedLabels {
  return set.merge(dropped, (labels) => templateOf(labels, dropped, job, instanceLabel));
}

export function fillTemplate(
  { fixed, from, ifEmpty, keepsProcess }: MergedTemplate,
  labels: Labels,
): MergedLabels {
  let text = fixed[0] ?? "";
  for (let i = 0; i < from.length; i += 1) {
    const value = labels[from[i] ?? -1] || (labels[ifEmpty[i] ?? -1] ?? "");
    text += escapeLabelValue(value) + (fixed[i + 1] ?? "");
  }
  return { text, keepsProcess };
}

/** Such a text with one more label, in the place of one of that name. */
export function withLabel(text: string, name: string, value: string): string {
  const labels = new Map([[name, value]]);
  const pairs = readRenderedLabels(text);
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== name) labels.set(pairs[i] ?? "", pairs[i + 1] ?? "");
  }
  return renderLabels([...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat());
}

function templateOf(
  labels: Labels,
  dropped: DroppedLabels,
  job: string,
  instanceLabel: string,
): MergedTemplate {
  const names = labels.filter((_, at) => at % 2 === 0);
  const fillFrom = dropped.has(instanceLabel) ? -1 : names.indexOf(instanceLabel);
  const fixed: string[] = [];
  const from: number[] = [];
  const ifEmpty: number[] = [];
  let text = "{";
  let comma = "";
  for (const [i, name] of names.entries()) {
    const isDropped = dropped.has(name);
    if (isDropped && name !== "job" && name !== "instance") continue;
    text += comma + renderLabels([name, isDropped || name !== "job" ? "" : job]).slice(1, -1);
    comma = ",";
    if (isDropped || name === "job") continue;
    fixed.push(text.slice(0, -1));
    from.push(2 * i + 1);
    ifEmpty.push(name === "instance" && fillFrom !== -1 ? 2 * fillFrom + 1 : -1);
    text = '"';
  }
  const keepsProcess = PROCESS_LABELS.some((name) => !dropped.has(name) && names.includes(name));
  return { fixed: [...fixed, `${text}}`], from, ifEmpty, keepsProcess };
}

const PROCESS_LABELS = ["tm_id", "host"];
