import { forwardPath } from "../../src/core/forwarding/forward-path.ts";
import type { SplitView } from "../../src/core/forwarding/split-view.ts";
import { createViewSplit, FORWARD_FORMAT } from "../../src/core/forwarding/split-view.ts";
import { writeFamilies } from "../../src/core/exposition/write/write-families.ts";
import type { InMemoryRelay } from "./in-memory-relay.ts";

export interface Forward {
  readonly path: string;
  readonly body: Uint8Array;
}

/** What a relay forwards of its merged view: for each group the path from `/job` on, and the body. */
export function forwardsOf(relay: InMemoryRelay, id: string): Forward[] {
  const { groups } = splitOf(relay, id);
  return groups.map((group) => {
    const chunks = [...writeFamilies(group.families, FORWARD_FORMAT, () => [])];
    const body = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as Uint8Array)));
    return { path: forwardPath(group).replace(/^\/metrics/, ""), body };
  });
}

/** The merged view of a relay, by groups of the receiver. */
export function splitOf(relay: InMemoryRelay, id: string): SplitView {
  const split = createViewSplit(id);
  for (const family of relay.families("merged", FORWARD_FORMAT)) split.add(family);
  return split.done();
}

/** Forwards what a relay shows to another. */
export function forward(from: InMemoryRelay, to: InMemoryRelay, id: string): void {
  for (const each of forwardsOf(from, id)) push(to, each);
}

export function push(to: InMemoryRelay, { path, body }: Forward): void {
  const refusal = to.push(path, body, { format: "protobuf" });
  if (refusal !== undefined) throw new Error(`${path}: ${refusal.message}`);
}
