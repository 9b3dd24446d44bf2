import type { Labels } from "../../exposition/label-block.ts";
import { mergedJob } from "../flink/level.ts";

/** The labels as selectors see them: `job` is the one that the processes of a fleet have in common. */
export function seenLabels(labels: Labels): Labels {
  const at = labels.findIndex((name, i) => i % 2 === 0 && name === "job");
  const pushed = labels[at + 1] ?? "";
  const merged = mergedJob(pushed);
  return at === -1 || merged === pushed ? labels : labels.with(at + 1, merged);
}
