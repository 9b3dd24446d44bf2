import type { Push } from "./births.ts";
import type { Remembered } from "./doubts.ts";
import type { Reading } from "../../rollup/histogram/distribution.ts";
import type { Feeds } from "../feeds.ts";
import type { Counted, Source } from "../group.ts";
import type { Output } from "../../rollup/output.ts";
import { noteUncounted } from "../../rollup/output.ts";
import { createLiveAttempts } from "./live-attempts.ts";
import type { LabelSet } from "../label-set.ts";
import { higherOf } from "./collisions.ts";
import { identityOf, setLast } from "./readings.ts";
import { setStart } from "./starts.ts";

export const UNKNOWN: Reading = { value: Number.NaN, rest: undefined };

export interface Successor {
  readonly counted: Counted;
  /** Counters that had departed before. */
  readonly returned: readonly number[];
  /** A counter that had a value in what it replaces is not there. */
  readonly lacksSome: boolean;
}

/** Puts a layout in the place of what it replaces: series go on from their last values, or become tombstones. */
export function succeed(source: Source, push: Push, feeds: Feeds): Successor {
  const { layout, method, observedMs } = push;
  const families = method === "POST" ? new Set(layout.families.map(({ name }) => name)) : undefined;
  source.tombstones.prune(observedMs, createLiveAttempts(source));
  const replaced = takeLasts(source, families);

  const counted: Counted = {
    layout,
    feeds,
    last: new Float64Array(feeds.counters.samples.length),
    rests: new Map(),
    replaced: new Set(),
    skipsSome: feeds.counters.skips.some((skip) => skip.length > 0),
    isWhole: method === "PUT",
    doubts: new Map(),
    births: new Map(),
    starts: undefined,
    cohorts: undefined,
  };
  const returned: number[] = [];
  const { samples } = feeds.counters;
  for (let k = 0; k < samples.length; k += 1) {
    const set = layout.sets[samples[k] ?? 0];
    if (set === undefined) throw new Error("BUG: a counter without a label set");
    const name = identityOf(counted, k);
    let remembered = take(replaced, set, name);
    if (remembered === undefined) {
      remembered = source.tombstones.take(set, name);
      if (remembered !== undefined) returned.push(k);
    }
    setLast(counted, k, remembered ?? UNKNOWN);
    if (remembered !== undefined && !Number.isNaN(remembered.startMs))
      setStart(counted, k, remembered.startMs);
    noteEarlier(remembered, feeds.counters.outputs[k]);
    if (remembered?.doubt !== undefined) counted.doubts.set(k, remembered.doubt);
  }
  const lacksSome = bury(source, replaced, observedMs);
  source.counted = [...source.counted.filter((earlier) => isLeft(earlier)), counted];
  return { counted, returned, lacksSome };
}

/** What a series has counted goes with it only as far as the output is the same. */
function noteEarlier(remembered: Remembered | undefined, output: Output | undefined): void {
  if (remembered === undefined || output === undefined || remembered.output === output) return;
  if (!Number.isNaN(remembered.value)) noteUncounted(output, "earlier", remembered.value);
}

type Lasts = Map<LabelSet, Map<string, Remembered>>;

/** The last values of the counters in these families (undefined: in all), which count as replaced from now on. */
function takeLasts(source: Source, families: ReadonlySet<string> | undefined): Lasts {
  const lasts: Lasts = new Map();
  for (const counted of source.counted) {
    const { layout, feeds, replaced, doubts } = counted;
    const { samples } = feeds.counters;
    for (let k = 0; k < samples.length; k += 1) {
      const i = samples[k] ?? 0;
      const family = layout.families[layout.familyOf[i] ?? 0]?.name ?? "";
      const set = layout.sets[i];
      if (set === undefined || replaced.has(family) || families?.has(family) === false) continue;
      let ofSet = lasts.get(set);
      if (ofSet === undefined) lasts.set(set, (ofSet = new Map()));
      const output = feeds.counters.outputs[k];
      ofSet.set(identityOf(counted, k), {
        value: counted.last[k] ?? Number.NaN,
        rest: counted.rests.get(k),
        doubt: doubts.get(k),
        startMs: counted.starts?.[k] ?? Number.NaN,
        output,
      });
    }
    for (const { name } of layout.families) {
      if (families === undefined || families.has(name)) replaced.add(name);
    }
  }
  return lasts;
}

function take(lasts: Lasts, set: LabelSet, name: string): Remembered | undefined {
  const ofSet = lasts.get(set);
  const remembered = ofSet?.get(name);
  ofSet?.delete(name);
  return remembered;
}

/** What is left has departed. Returns whether anything has. */
function bury({ tombstones }: Source, departed: Lasts, observedMs: number): boolean {
  let hasAny = false;
  for (const [set, lasts] of departed) {
    for (const [name, last] of lasts) {
      if (Number.isNaN(last.value)) continue;
      hasAny = true;
      // Of a frozen source nobody knows whose value the last one was.
      const high = last.doubt?.high;
      const remembered = high === undefined ? last : { ...last, ...higherOf(high, last), doubt: undefined };
      tombstones.add(set, name, remembered, observedMs);
    }
  }
  return hasAny;
}

function isLeft({ layout, replaced }: Counted): boolean {
  return layout.families.some(({ name }) => !replaced.has(name));
}
