import { renderLabels } from "../exposition/escape.ts";
import type { Boundaries } from "./histogram/boundaries.ts";
import { isSameBoundaries } from "./histogram/boundaries.ts";
import type { OutputRows } from "./output-rows.ts";
import { createOutputRows } from "./output-rows.ts";
import type { Output, OutputSpec } from "./output.ts";
import { outputId } from "./output.ts";

interface OutputFamily {
  readonly name: string;
  readonly outputs: Map<string, Output>;
}

/** The outputs that a partition feeds, or has fed. */
export interface OutputTable {
  readonly families: ReadonlyMap<string, OutputFamily>;
  readonly rows: Pick<OutputRows, "list">;
  /** Whether no other rule has made the output of these names and labels otherwise, or nothing feeds it. */
  isFree(spec: OutputSpec): boolean;
  /**
   * The output with these names and labels, made if it is new. Undefined where it is not free: two rules cannot
   * share one series, and the first stands.
   */
  find(spec: OutputSpec, wallMs: number): Output | undefined;
  /**
   * The boundaries of the histogram with that `_count`, if something feeds it or has done so since then. Of one
   * that has been idle for longer the coordinator may think otherwise by now.
   */
  boundariesOf(spec: OutputSpec, sinceMs: number): Boundaries | undefined;
  /** Notes that a live series feeds it. */
  join(output: Output): void;
  /** Notes that one no longer does. A counter's accumulator stays until it is forgotten; anything else goes at once. */
  leave(output: Output, observedMs: number): void;
  /**
   * What nothing feeds in the families of which this holds is shown no more, unless something feeds it again.
   * `ruleOf` has the words of the rules that no longer hold.
   */
  retire(hasChanged: (family: string) => boolean, ruleOf: (origin: number) => string | undefined): void;
  /**
   * Drops the accumulators of these outputs, if nothing feeds them: what comes back under the name begins a new
   * epoch. Returns those that it has dropped.
   */
  forget(ids: readonly string[]): Output[];
  /** Counters that begin a new epoch though something may feed them; those that nothing feeds go. Returns them. */
  renew(ids: readonly string[], wallMs: number): Set<Output>;
  /** Ends the life of the counters of a family in one job, though series may feed them still. */
  end(family: string, job: string): void;
  /** Counters that nothing has fed since before that observed time. */
  idleSince(beforeMs: number): string[];
  /** Those of `ids` that something feeds, or fed since then. */
  busySince(ids: ReadonlySet<string>, beforeMs: number): string[];
}

/** `known` are those that it begins with. */
export function createOutputTable(known: Iterable<Output> = []): OutputTable {
  const families = new Map<string, OutputFamily>();
  const rows = createOutputRows(all);
  for (const output of known) familyOf(output.family).outputs.set(output.suffix + output.labels, output);

  function familyOf(name: string): OutputFamily {
    let family = families.get(name);
    if (family === undefined) families.set(name, (family = { name, outputs: new Map() }));
    return family;
  }

  function* all(): Iterable<Output> {
    for (const family of families.values()) yield* family.outputs.values();
  }

  function remove(family: OutputFamily, key: string, output: Output): void {
    family.outputs.delete(key);
    rows.remove(output);
    if (family.outputs.size === 0) families.delete(family.name);
  }

  function isFree(spec: OutputSpec): boolean {
    return isFreeFor(spec, families.get(spec.family)?.outputs.get(spec.suffix + spec.labels));
  }

  return {
    families,
    rows,
    isFree,
    find(spec, wallMs) {
      const key = spec.suffix + spec.labels;
      let output = families.get(spec.family)?.outputs.get(key);
      if (!isFreeFor(spec, output)) return undefined;
      if (output !== undefined && isAlike(output, spec)) {
        // What feeds it again may do so by another rule.
        if (isFed(output)) return output;
        if (!isSameRow(output, spec)) rows.changed();
        Object.assign(output, spec);
        return output;
      }
      if (output !== undefined) rows.remove(output);
      output = {
        ...spec,
        hi: 0,
        lo: 0,
        native: undefined,
        contributors: 0,
        lastLiveMs: Number.POSITIVE_INFINITY,
        isRetired: false,
        formerRule: undefined,
        uncounted: undefined,
        epochWallMs: wallMs,
        row: -1,
      };
      const family = familyOf(spec.family);
      if (family.outputs.has(key)) rows.changed();
      family.outputs.set(key, output);
      rows.add(output);
      return output;
    },
    boundariesOf(spec, sinceMs) {
      const output = families.get(spec.family)?.outputs.get(spec.suffix + spec.labels);
      return output === undefined || isIdle(output, sinceMs) ? undefined : output.boundaries;
    },
    join(output) {
      output.contributors += 1;
      output.isRetired = false;
      output.formerRule = undefined;
    },
    leave(output, observedMs) {
      output.contributors -= 1;
      if (output.contributors > 0) return;
      output.lastLiveMs = observedMs;
      const family = families.get(output.family);
      const key = output.suffix + output.labels;
      if (output.function !== "counter" && family?.outputs.get(key) === output) remove(family, key, output);
    },
    retire(hasChanged, ruleOf) {
      for (const family of families.values()) {
        const isChanged = hasChanged(family.name);
        for (const output of family.outputs.values()) {
          if (isFed(output)) continue;
          output.formerRule ??= ruleOf(output.origin);
          output.isRetired ||= isChanged;
        }
      }
    },
    forget(ids) {
      const unwanted = new Set(ids);
      const forgotten: Output[] = [];
      for (const family of families.values()) {
        for (const [key, output] of family.outputs) {
          if (output.contributors > 0 || !unwanted.has(outputId(output))) continue;
          remove(family, key, output);
          forgotten.push(output);
        }
      }
      return forgotten;
    },
    renew(ids, wallMs) {
      const wanted = new Set(ids);
      const renewed = new Set<Output>();
      for (const family of families.values()) {
        for (const [key, output] of family.outputs) {
          if (output.function !== "counter" || !wanted.has(outputId(output))) continue;
          renewed.add(output);
          if (output.contributors === 0) remove(family, key, output);
          Object.assign(output, {
            hi: 0,
            lo: 0,
            native: undefined,
            uncounted: undefined,
            epochWallMs: wallMs,
          });
        }
      }
      return renewed;
    },
    end(name, job) {
      const family = families.get(name);
      // Quotes within a value are escaped, so these can only be the label.
      const label = renderLabels(["job", job]).slice(1, -1);
      for (const [key, output] of family?.outputs ?? []) {
        if (family === undefined || output.function !== "counter") continue;
        if (output.labels.includes(`{${label}`) || output.labels.includes(`,${label}`)) {
          remove(family, key, output);
        }
      }
    },
    idleSince: (beforeMs) => [...all()].filter((output) => isIdle(output, beforeMs)).map(outputId),
    busySince: (ids, beforeMs) =>
      [...all()].filter((output) => !isIdle(output, beforeMs) && ids.has(outputId(output))).map(outputId),
  };
}

function isFreeFor(spec: OutputSpec, output: Output | undefined): boolean {
  return output === undefined || isAlike(output, spec) || output.origin === spec.origin || !isFed(output);
}

function isIdle(output: Output, beforeMs: number): boolean {
  return output.contributors === 0 && output.lastLiveMs < beforeMs;
}

/** Something does, or has found it and is about to. */
function isFed(output: Output): boolean {
  return output.contributors > 0 || output.lastLiveMs === Number.POSITIVE_INFINITY;
}

function isSameRow(output: Output, { companions, perProcess }: OutputSpec): boolean {
  return output.perProcess === perProcess && output.companions.join() === companions.join();
}

/**
 * A family inferred to be a counter begins anew as one, and a histogram on other boundaries; the old output goes
 * with its last contributor.
 */
function isAlike(output: Output, spec: OutputSpec): boolean {
  return (
    output.function === spec.function &&
    output.type === spec.type &&
    isSameBoundaries(output.boundaries, spec.boundaries)
  );
}
