import type { FamilyType } from "../exposition/parsed-body.ts";
import type { BulkRef } from "../exposition/write/writer.ts";
import type { SortedMetric } from "./part.ts";
import type { RollupSample } from "./rollup-samples.ts";

/** A family of a view while the parts are merged, by the name under which it was pushed. */
export interface FamilyDraft {
  readonly name: string;
  readonly pushed: Map<FamilyType, PushedMetrics>;
  samples: RollupSample[];
  help: string | undefined;
}

/** What is shown as it was pushed, and rendered already. */
interface PushedMetrics {
  readonly metrics: SortedMetric[];
  readonly bulks: BulkRef[];
}

export type FamilyDrafts = Map<string, FamilyDraft>;

export function draftOf(drafts: FamilyDrafts, name: string): FamilyDraft {
  let draft = drafts.get(name);
  if (draft === undefined) {
    draft = { name, pushed: new Map(), samples: [], help: undefined };
    drafts.set(name, draft);
  }
  return draft;
}

export function pushedOf({ pushed }: FamilyDraft, type: FamilyType): PushedMetrics {
  let metrics = pushed.get(type);
  if (metrics === undefined) pushed.set(type, (metrics = { metrics: [], bulks: [] }));
  return metrics;
}
