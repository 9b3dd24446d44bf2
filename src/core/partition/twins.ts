import { renderLabels } from "../exposition/escape.ts";
import { labelValue } from "../exposition/label-block.ts";
import type { GroupingKey } from "../grouping-key.ts";
import type { Snapshot } from "./group.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout } from "./layout.ts";
import { twinConflict } from "./faults.ts";
import type { Verdict } from "./partition.ts";
import type { PartitionState } from "./state.ts";

/**
 * A series of a body that another group may show too: what is a label of the body here may be one of the key there.
 * Both have all labels of both keys, so there is one such key for each set of names that keys have.
 */
export interface Suspect {
  /** Of the other group. */
  readonly canonicalKey: string;
  readonly family: string;
  /** With braces. */
  readonly labels: string;
}

/** The series of a body that groups whose keys have these names may show. */
export function findSuspects(
  key: GroupingKey,
  layout: Layout,
  nameSets: readonly (readonly string[])[],
): Suspect[] {
  const keysOf = new Map<LabelSet, readonly string[]>();
  // A histogram has many samples with one set of labels.
  const suspects = new Map<string, Suspect>();
  for (const [i, set] of layout.sets.entries()) {
    let keys = keysOf.get(set);
    if (keys === undefined) {
      keys = nameSets.flatMap((names) => keyWith(set, names)).filter((other) => other !== key.canonical);
      keysOf.set(set, keys);
    }
    if (keys.length === 0) continue;
    const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
    for (const canonicalKey of keys) {
      suspects.set(`${canonicalKey} ${family} ${set.text}`, { canonicalKey, family, labels: set.text });
    }
  }
  return [...suspects.values()];
}

/** Those that kept groups of the partition show indeed. */
export function findTwins(state: PartitionState, suspects: readonly Suspect[]): Verdict["conflicts"] {
  const shown = new Map<Snapshot, ReadonlySet<string>>();
  const found = suspects.filter(({ canonicalKey, family, labels }) => {
    const group = state.groups.get(canonicalKey);
    if (group === undefined || group.isFleet) return false;
    return group.shown.some(({ snapshot, replaced }) => {
      if (replaced.has(family) || snapshot.leftOut.has(family)) return false;
      let series = shown.get(snapshot);
      if (series === undefined) shown.set(snapshot, (series = seriesOf(snapshot.layout)));
      return series.has(family + labels);
    });
  });
  return found.map(({ canonicalKey, family, labels }) => ({
    family,
    reason: twinConflict(family, labels, canonicalKey),
  }));
}

function keyWith(set: LabelSet, names: readonly string[]): string[] {
  const labels: string[] = [];
  for (const name of names) {
    const value = labelValue(set.labels, name);
    if (value === undefined) return [];
    labels.push(name, value);
  }
  return [renderLabels(labels)];
}

function seriesOf(layout: Layout): ReadonlySet<string> {
  return new Set(
    layout.sets.map(({ text }, i) => (layout.families[layout.familyOf[i] ?? 0]?.name ?? "") + text),
  );
}
