import { RELAY_LABEL } from "../forwarding/relay-label.ts";
import { FORWARDED } from "../rollup/output.ts";
import type { DroppedLabels } from "../rollup/rules/dropped-labels.ts";
import { isStamp } from "../stamps.ts";
import type { LabelSet } from "./label-set.ts";
import type { Layout, LayoutFamily } from "./layout.ts";
import type { Plan } from "./sample-plans.ts";

/**
 * The plan of each sample that another relay has merged, undefined where it is shown nowhere. No preset and no rule has
 * a say again. What tells when it began to count is added up over the relays. Of anything else nobody knows here how
 * two relays' numbers become one: it stays by itself, with the relay's name on it.
 */
export function createForwardedPlanner(
  layout: Layout,
  startsMs: Float64Array | undefined,
  leftOut: ReadonlySet<string>,
): (i: number) => Plan | undefined {
  const hasBegun = begunSeries(layout, startsMs);
  const plans = layout.families.map((family) =>
    leftOut.has(family.name) || isStamp(family.name) ? undefined : plansOf(family),
  );
  return (i) => {
    const f = layout.familyOf[i] ?? 0;
    const set = layout.sets[i];
    const plan = plans[f];
    if (set === undefined) return undefined;
    return hasBegun[f]?.has(set) === true ? plan?.summed : plan?.kept;
  };
}

/** By family the label sets that tell of a start: of a summary its count does, and not its quantiles. */
function begunSeries(
  { families, familyOf, sets }: Layout,
  startsMs: Float64Array | undefined,
): ReadonlySet<LabelSet>[] {
  const begun = families.map(() => new Set<LabelSet>());
  for (const [i, startMs] of startsMs?.entries() ?? []) {
    const set = sets[i];
    if (set !== undefined && !Number.isNaN(startMs)) begun[familyOf[i] ?? 0]?.add(set);
  }
  return begun;
}

function plansOf({ name, type }: LayoutFamily): { readonly summed: Plan; readonly kept: Plan } {
  const alike = { name, type, skip: [], companions: [], window: undefined, origin: FORWARDED };
  return {
    // Of a summary or a histogram only the quantiles are no counters: the worst relay's.
    summed: { ...alike, function: type === "counter" ? "counter" : "max", droppedOf: () => THE_RELAY },
    kept: { ...alike, function: undefined, droppedOf: () => NOTHING },
  };
}

const THE_RELAY: DroppedLabels = new Set([RELAY_LABEL]);
const NOTHING: DroppedLabels = new Set<string>();
