import type { Histogram } from "./histogram-source.ts";
import { histogramText } from "./histogram-source.ts";
import type { InMemoryRelay } from "./in-memory-relay.ts";
import { createInMemoryRelay } from "./in-memory-relay.ts";
import { series } from "./view-text.ts";
import { rule } from "../core/rollup/rules/rules.ts";

/** Boundary sets that a process may have. */
export const LAYOUTS: readonly (readonly number[])[] = [[1, 5], [1, 2, 5, 10], [5, 10], []];

interface Step {
  readonly what:
    | "observe"
    | "push"
    | "post"
    | "restart"
    | "other layout"
    | "late"
    | "delete"
    | "empty"
    | "wait";
  readonly who: number;
  readonly amount: number;
  readonly ms: number;
}

/** One life of a process. */
interface Life {
  readonly path: string;
  readonly layout: readonly number[];
  readonly observations: number[];
  readonly bodies: string[];
  /** How many of the observations have been pushed. */
  pushed: number;
}

export interface Simulation {
  readonly relay: InMemoryRelay;
  readonly lives: readonly Life[];
  /** The boundaries of the first push of a histogram. */
  decided(): readonly number[] | undefined;
  take(step: Step): void;
}

const PROCESSES = 4;

/**
 * Processes that observe and push a histogram. `named` ones have a group for each life, whose name ends in a random
 * suffix, and are heard of before they observe; the others restart in their group, and nothing tells their lives apart.
 */
export function simulateHistograms(kind: "named" | "anonymous", partitions = 4): Simulation {
  const relay = createInMemoryRelay({
    settings: { rules: [rule("h", { without: ["instance"] }), rule("seen", { without: ["instance"] })] },
    partitions,
    shards: Math.min(2, partitions),
  });
  relay.advance(3_600_000);
  const lives: Life[] = [];
  const current = new Map<number, Life>();
  let beat = 0;
  let decided: readonly number[] | undefined;

  function begin(who: number, layout: readonly number[]): Life {
    const suffix = (lives.length + 1).toString(16).padStart(32, "0");
    const path = kind === "named" ? `/job/shop${suffix}` : `/job/shop/instance/${who}`;
    const life = { path, layout, observations: [], bodies: [], pushed: 0 };
    lives.push(life);
    current.set(who, life);
    if (kind === "named") relay.push(path, bodyOf(life, false));
    return life;
  }

  function bodyOf(life: Life, hasHistogram = true): string {
    beat += 1;
    const idle = `# TYPE beat gauge\nbeat ${beat}\n# TYPE seen counter\nseen 0\n`;
    return hasHistogram ? idle + histogramText("h", histogramOf(life.layout, life.observations)) : idle;
  }

  function push(life: Life, method: "PUT" | "POST"): void {
    const text = bodyOf(life);
    decided ??= life.layout;
    life.bodies.push(text);
    life.pushed = life.observations.length;
    const refusal = relay.push(life.path, text, { method });
    if (refusal !== undefined) throw new Error(refusal.message);
  }

  return {
    relay,
    lives,
    decided: () => decided,
    take({ what, who: slot, amount, ms }) {
      const who = slot % PROCESSES;
      const life = current.get(who) ?? begin(who, LAYOUTS[amount % LAYOUTS.length] ?? []);
      relay.advance(1000);
      switch (what) {
        case "observe":
          for (let n = 0; n < amount; n += 1) life.observations.push((n * 7 + amount) % 13);
          push(life, "PUT");
          break;
        case "push":
          push(life, "PUT");
          break;
        case "post":
          push(life, "POST");
          break;
        case "restart":
          begin(who, life.layout);
          break;
        case "other layout":
          begin(who, LAYOUTS[amount % LAYOUTS.length] ?? []);
          break;
        case "late": {
          const late = life.bodies.at(-1 - (amount % 12));
          if (late !== undefined) relay.push(life.path, late);
          break;
        }
        case "delete":
          relay.delete(life.path);
          break;
        case "empty":
          relay.push(life.path, "");
          break;
        case "wait":
          relay.advance(ms);
          break;
      }
    },
  };
}

function histogramOf(layout: readonly number[], observations: readonly number[]): Histogram {
  const buckets = layout.map((le) => [le, observations.filter((each) => each <= le).length] as const);
  const sum = observations.reduce((total, each) => total + each, 0);
  return { ...Object.fromEntries(buckets), count: observations.length, sum };
}

/** Numbers by boundary (`count` and `sum` among them) of each histogram shown, by its `le_layout`; "" for the one without. */
export type ShownHistograms = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function shownHistograms(view: string): ShownHistograms {
  const shown = new Map<string, Map<string, number>>();
  for (const [text, value] of series(view)) {
    const [, part, labels = ""] = /^h_(bucket|count|sum)\{(.*)\}$/.exec(text) ?? [];
    if (part === undefined) continue;
    const layout = /le_layout="(.*?)"/.exec(labels)?.[1] ?? "";
    const of = shown.get(layout) ?? new Map<string, number>();
    shown.set(layout, of.set(/,le="(.*?)"/.exec(labels)?.[1] ?? part, value));
  }
  return shown;
}

/** What ought to be shown at most: all that these lives have pushed, at these boundaries. */
export function truthOf(lives: readonly Life[], boundaries: readonly number[]): Map<string, number> {
  const all = lives.flatMap(({ observations, pushed }) => observations.slice(0, pushed));
  const truth = histogramOf(boundaries, all);
  return new Map(
    [...Object.entries(truth), ["+Inf", all.length] as const].map(([le, value]) => [le, Number(value)]),
  );
}
