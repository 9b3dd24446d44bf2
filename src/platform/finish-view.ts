import type { ViewFormat } from "../core/exposition/write/format.ts";
import type { MergeContext, MergedView } from "../core/view/merge.ts";
import { mergeParts } from "../core/view/merge.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import { readOwnFamilies } from "../core/view/own-families.ts";
import type { ViewPart } from "../core/view/part.ts";
import type { ViewFilter } from "../core/view/view-filter.ts";
import { compileFilter } from "../core/view/view-filter.ts";
import type { ScrapeAnswer, ScrapeRequest } from "../http/relay.ts";
import { nodeBytes } from "./bytes.ts";
import { parseSelectors } from "./promql/parse-selectors.ts";
import { compileRegex } from "./promql/regex.ts";
import { inTurns } from "./turns.ts";

type ReadFilter =
  | { readonly ok: true; readonly filter: ViewFilter | undefined }
  | { readonly ok: false; readonly code: "bad_selector"; readonly message: string };

/** What of a view is asked for. Undefined where everything is, which nothing then looks for. */
export function readFilter(asked: ScrapeRequest | undefined): ReadFilter {
  const parsed = parseSelectors(asked?.selectors ?? []);
  if (!parsed.ok) return { ...parsed, code: "bad_selector" };
  const { names, jobs } = asked ?? { names: [], jobs: [] };
  const { selectors } = parsed;
  const isWhole = names.length + jobs.length + selectors.length === 0;
  return { ok: true, filter: isWhole ? undefined : { names, jobs, selectors } };
}

export function noPartition(asked: number, partitions: number): ScrapeAnswer {
  const message = `there is no partition ${asked}: this relay has 0 to ${partitions - 1}`;
  return { ok: false, code: "no_partition", message };
}

/** What a view is made of when all partitions have said their part. */
interface ViewMaterial {
  /** Rendered in the format, and filtered. */
  readonly parts: readonly ViewPart[];
  /** What the relay tells of itself. */
  readonly own: readonly FamilyText[];
  readonly context: MergeContext;
  readonly format: ViewFormat;
  readonly filter: ViewFilter | undefined;
}

/** Merges the parts of a view. Pushes have their turns meanwhile. */
export async function finishView(material: ViewMaterial): Promise<MergedView> {
  const { parts, own, context, format, filter } = material;
  const isAsked = compileFilter(filter, compileRegex);
  const ownFamilies = readOwnFamilies(own, nodeBytes);
  return await inTurns(mergeParts(parts, context, format, ownFamilies, isAsked));
}
