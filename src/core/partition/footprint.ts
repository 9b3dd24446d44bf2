import { heldBytes, layoutsOf, SAMPLE_BYTES, TEXT_BYTES } from "./held-bytes.ts";
import type { Layout } from "./layout.ts";
import { distinctSets } from "./layout.ts";
import type { PartitionState } from "./state.ts";

/** Of one sample: where it feeds an output, and its share of what a source remembers of it. */
const FEED_BYTES = 100;
/** Of one label set without its text, and of one output: objects, and entries in maps. */
const ENTRY_BYTES = 250;
const OUTPUT_BYTES = 400;
/** A text stands in the heap, and as a piece of what the next body is recognised by. */
const COPIES = 2;

/** What the label sets of a layout take. They are many, and never change. */
const labelBytes = new WeakMap<Layout, number>();

/**
 * About how much memory a partition takes: what its sources hold, their label sets, and the outputs that they feed.
 * Counted, for a platform that does not tell; rather more than it is, because a bound hangs on it.
 */
export function footprintOf({ groups, outputs }: Pick<PartitionState, "groups" | "outputs">): number {
  let bytes = 0;
  for (const { sources } of groups.values()) {
    for (const source of sources.values()) {
      bytes += heldBytes(source);
      for (const layout of layoutsOf(source)) bytes += bytesOf(layout);
    }
  }
  // Outputs with the same labels share their text.
  const texts = new Set<string>();
  for (const family of outputs.families.values()) {
    bytes += family.outputs.size * OUTPUT_BYTES;
    for (const { labels } of family.outputs.values()) texts.add(labels);
  }
  for (const text of texts) bytes += text.length;
  return bytes;
}

/** About how much memory a layout takes that somebody pushes for the first time, without the outputs that it feeds. */
export function layoutFootprint(layout: Layout): number {
  return layout.sets.length * (SAMPLE_BYTES + TEXT_BYTES) + bytesOf(layout);
}

function bytesOf(layout: Layout): number {
  let bytes = labelBytes.get(layout);
  if (bytes === undefined) {
    bytes = layout.sets.length * FEED_BYTES;
    for (const { text } of distinctSets(layout)) bytes += ENTRY_BYTES + COPIES * text.length;
    labelBytes.set(layout, bytes);
  }
  return bytes;
}
