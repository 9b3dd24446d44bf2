import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { DroppedLabels } from "../rollup/rules/dropped-labels.ts";
import type { LabelSet, MergedLabels } from "./label-set.ts";

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
  return set.merged(dropped, (labels) => ({
    text: renderLabels(shown(labels, dropped, job, instanceLabel)),
    keepsProcess: PROCESS_LABELS.some((name) => !dropped.has(name) && labelValue(labels, name) !== undefined),
  }));
}

const PROCESS_LABELS = ["tm_id", "host"];

/** Such a text with one more label, in the place of one of that name. */
export function withLabel(text: string, name: string, value: string): string {
  const labels = new Map([[name, value]]);
  const pairs = readRenderedLabels(text);
  for (let i = 0; i < pairs.length; i += 2) {
    if (pairs[i] !== name) labels.set(pairs[i] ?? "", pairs[i + 1] ?? "");
  }
  return renderLabels([...labels].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat());
}

function shown(pushed: Labels, dropped: DroppedLabels, job: string, instanceLabel: string): string[] {
  const fill = dropped.has(instanceLabel) ? undefined : labelValue(pushed, instanceLabel);
  const labels: string[] = [];
  for (let i = 0; i < pushed.length; i += 2) {
    const name = pushed[i] ?? "";
    if (dropped.has(name)) {
      if (name === "job" || name === "instance") labels.push(name, "");
      continue;
    }
    labels.push(name, valueShown(name, pushed[i + 1] ?? "", job, fill));
  }
  return labels;
}

function valueShown(name: string, value: string, job: string, instanceFill: string | undefined): string {
  if (name === "job") return job;
  return name === "instance" && value === "" ? (instanceFill ?? "") : value;
}
