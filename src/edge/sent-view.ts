import type { RefusedJob } from "../core/coordinator/refusals.ts";
import { createBulk } from "../core/view/bulk.ts";
import { freshMemory } from "../core/view/bulk-memory.ts";
import type { FamilyPart, OpenPart, PartitionStatus } from "../core/view/part.ts";
import type { PackedParts } from "../platform/pack-parts.ts";
import { nodePacking } from "../platform/packing.ts";
import type { Piece } from "../platform/view-pieces.ts";
import { piecesOf } from "../platform/view-pieces.ts";
import { byteStream, createFrameReader, frame } from "./frames.ts";
import type { PartitionFacts } from "./own-families.ts";

/** What a partition says of a view before the lines of its fleets. */
export interface ViewHead {
  readonly parts: PackedParts;
  readonly statuses: readonly PartitionStatus[];
  readonly facts: PartitionFacts;
  readonly refused: readonly RefusedJob[];
}

/** Before the chunks of a bulk. */
interface BulkHead {
  readonly family: string;
  readonly lengths: readonly number[];
}

/** A partition's part of a view as a stream: its head, then the bulks in the order of their families, each made when it is to be sent. */
export function sendView(head: ViewHead, open: readonly OpenPart[]): ReadableStream<Uint8Array> {
  return byteStream(piecesOf(framesOf(head, open)));
}

function* framesOf(head: ViewHead, open: readonly OpenPart[]): Iterable<Uint8Array> {
  yield* frame(nodePacking.pack(head));
  for (const { part, writeBulk } of open) {
    for (const { name: family, bulkSamples } of part.families.toSorted(byName)) {
      if (bulkSamples === 0) continue;
      const bulk = createBulk({ memory: freshMemory(bulkSamples) });
      writeBulk(family, bulk);
      const chunks = bulk.take();
      const bulkHead: BulkHead = { family, lengths: chunks.map(({ length }) => length) };
      yield* frame(nodePacking.pack(bulkHead));
      yield* chunks;
    }
  }
}

function byName(a: FamilyPart, b: FamilyPart): number {
  return a.name < b.name ? -1 : 1;
}

/** A part of a view that is being received. */
export interface ReceivedView {
  readonly head: ViewHead;
  /** The bulk of a family, once. What comes before it is kept until somebody asks for it. */
  bulk(family: string): Promise<readonly Piece[]>;
  /** No more of it is wanted. */
  close(): void;
}

/** `admit` hears of the size of the head before it is read, and may throw. */
export async function receiveView(
  stream: ReadableStream<Uint8Array>,
  admit: (bytes: number) => void,
): Promise<ReceivedView> {
  const reader = createFrameReader(stream);
  const head = nodePacking.unpack(await reader.frame(admit)) as ViewHead;
  const passed = new Map<string, readonly Piece[]>();
  let last: Promise<unknown> = Promise.resolve();

  async function find(family: string): Promise<readonly Piece[]> {
    for (;;) {
      const known = passed.get(family);
      if (known !== undefined) {
        passed.delete(family);
        return known;
      }
      const { family: next, lengths } = nodePacking.unpack(await reader.frame()) as BulkHead;
      const chunks: Piece[] = [];
      for (const length of lengths) chunks.push(await reader.bytes(length));
      passed.set(next, chunks);
    }
  }

  return {
    head,
    bulk(family) {
      const found = last.then(() => find(family));
      last = found.catch(() => {});
      return found;
    },
    close: reader.cancel,
  };
}
