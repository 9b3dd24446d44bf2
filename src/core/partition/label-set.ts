import type { LabelBlock, Labels } from "../exposition/label-block.ts";
import { readRenderedLabels, renderLabels } from "../exposition/escape.ts";
import { fnv1a32 } from "../partition-of.ts";

/**
 * The labels of some samples of one source as a Pushgateway would show them, held once: the lines of
 * a task share them. Two samples of a source have equal labels if and only if they have the same object.
 */
export interface LabelSet {
  /** The labels as exposition text with their braces: sorted, grouping labels and `instance` included, `le` and `quantile` not. */
  readonly text: string;
  /** A hash of `text`. */
  readonly hash: number;
  /** The same one by one. */
  readonly labels: Labels;
  /** What the merged view shows of them under the rule that drops some, as `render` makes it. */
  merged(dropped: object, render: (labels: Labels) => string): string;
  /** Lets go of what can be made again of the text, and is of use only while a layout is connected. */
  forgetMade(): void;
}

/** Finds or makes the label sets of one source. */
export interface LabelSetTable {
  /** `bound` is the label that is no part of the set: `le` for buckets, `quantile` for quantiles, else "". */
  find(block: LabelBlock, bound: "" | "le" | "quantile"): LabelSet;
  /** The set with that text, as a set of this table had it. */
  findByText(text: string): LabelSet;
  /** Drops all sets but these. */
  keep(sets: Iterable<LabelSet>): void;
}

class KnownLabelSet implements LabelSet {
  readonly text: string;
  readonly hash: number;
  #labels: Labels | undefined;
  #merged: Map<object, string> | undefined;

  constructor(text: string, labels: Labels | undefined) {
    this.text = text;
    this.hash = fnv1a32(text);
    this.#labels = labels;
  }

  get labels(): Labels {
    this.#labels ??= readRenderedLabels(this.text);
    return this.#labels;
  }

  merged(dropped: object, render: (labels: Labels) => string): string {
    let text = this.#merged?.get(dropped);
    if (text === undefined) {
      text = render(this.labels);
      this.#merged ??= new Map();
      this.#merged.set(dropped, text);
    }
    return text;
  }

  forgetMade(): void {
    this.#labels = undefined;
    this.#merged = undefined;
  }
}

export function createLabelSetTable(grouping: Labels): LabelSetTable {
  let byText = new Map<string, LabelSet>();
  // A layout asks for the same block on some seventy lines. Weak, because blocks are the parser's.
  let byBlock: Record<"" | "le" | "quantile", WeakMap<LabelBlock, LabelSet>> = emptyBlocks();

  function make(block: LabelBlock, bound: string): LabelSet {
    const labels = overlay(block.labels, grouping, bound);
    return findByText(renderLabels(labels), labels);
  }

  function findByText(text: string, labels: Labels | undefined): LabelSet {
    let set = byText.get(text);
    if (set === undefined) byText.set(text, (set = new KnownLabelSet(text, labels)));
    return set;
  }

  return {
    find(block, bound) {
      let set = byBlock[bound].get(block);
      if (set === undefined) {
        set = make(block, bound);
        byBlock[bound].set(block, set);
      }
      return set;
    },
    findByText: (text) => findByText(text, undefined),
    keep(sets) {
      byText = new Map();
      for (const set of sets) {
        set.forgetMade();
        byText.set(set.text, set);
      }
      byBlock = emptyBlocks();
    },
  };
}

function emptyBlocks(): Record<"" | "le" | "quantile", WeakMap<LabelBlock, LabelSet>> {
  return { "": new WeakMap(), le: new WeakMap(), quantile: new WeakMap() };
}

/**
 * The labels that a Pushgateway stores: those of the grouping key win over those of the body, and
 * `instance` is there even when nobody sent one. Both lists are sorted, and merged as such: with a Map and a sort a
 * push of a restarted job took a tenth longer.
 */
function overlay(body: Labels, grouping: Labels, without: string): Labels {
  const labels: string[] = [];
  let instanceAt = 0;
  let hasInstance = false;
  let b = 0;
  let g = 0;
  while (b < body.length || g < grouping.length) {
    const pushed = body[b];
    const wins = grouping[g];
    let name: string;
    let value: string | undefined;
    if (wins === undefined || (pushed !== undefined && pushed < wins)) {
      name = pushed ?? "";
      value = body[b + 1];
      b += 2;
      if (name === without) continue;
    } else {
      name = wins;
      value = grouping[g + 1];
      g += 2;
      if (pushed === wins) b += 2;
    }
    if (name === "instance") hasInstance = true;
    if (name < "instance") instanceAt = labels.length + 2;
    labels.push(name, value ?? "");
  }
  if (!hasInstance) labels.splice(instanceAt, 0, "instance", "");
  return labels;
}
