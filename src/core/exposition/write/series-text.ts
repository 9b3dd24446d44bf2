import { escapeLabelValue } from "../escape.ts";
import type { ShownFamily } from "./metric.ts";

/** What stands before the value of a sample. A name that needs quotes stands among the labels. */
export function seriesText({ name, isLegacy }: ShownFamily, suffix: string, labels: string): string {
  if (isLegacy) return name + suffix + labels;
  const quoted = `"${escapeLabelValue(name + suffix)}"`;
  return labels === "" ? `{${quoted}}` : `{${quoted},${labels.slice(1)}`;
}

/** Labels with one more behind them: `le` or `quantile`. */
export function withLabel(labels: string, name: string, value: string): string {
  return labels === "" ? `{${name}="${value}"}` : `${labels.slice(0, -1)},${name}="${value}"}`;
}

/** A name as comment lines have it. */
export function nameText({ name, isLegacy }: Pick<ShownFamily, "name" | "isLegacy">): string {
  return isLegacy ? name : `"${escapeLabelValue(name)}"`;
}
