import { Buffer } from "node:buffer";
import { move, transferableSymbol, valueSymbol } from "piscina";
import type { Bulk, WriteText } from "../core/view/bulk.ts";
import { createBulk } from "../core/view/bulk.ts";
import { reusedMemory } from "../core/view/bulk-memory.ts";
import type { Deflated } from "../platform/gzip/deflated.ts";
import { deflatedHere } from "../platform/gzip/deflated.ts";
import type { OpenViews } from "./open-views.ts";

/** What is asked of the bulks of a view whose parts were asked for before. */
export interface BulksTask {
  readonly scrape: number;
  readonly sections: readonly BulkSection[];
  /**
   * Memory of the front to write to; what does not fit is written to new memory. Without it the bulks are compressed here, in a thread each: what they are made
   * of crosses to nobody.
   */
  readonly memory: SharedArrayBuffer | undefined;
}

/** The bulks of a family in some partitions of one thread. */
export interface BulkSection {
  readonly family: string;
  readonly partitions: readonly number[];
}

/** As `encodeInto`, which makes a view of the memory for each line: 30 to 45 % of the time. */
const writeText: WriteText = (text, to, at) => Buffer.prototype.utf8Write.call(to, text, at);

/** Where lines are written that are compressed at once. It stays in the processor's cache. */
const SCRATCH_BYTES = 1024 * 1024;

export interface BulkWriter {
  /** The chunks of each section. Throws where the view is not open any more. */
  write(task: BulksTask): unknown;
}

export function createBulkWriter(views: OpenViews): BulkWriter {
  let scratch: Uint8Array | undefined;

  function writeSection(
    { scrape }: BulksTask,
    { family, partitions }: BulkSection,
    into: Bulk,
  ): Uint8Array[] {
    const nowMs = Date.now();
    for (const partition of partitions) views.partOf(scrape, partition, nowMs)?.writeBulk(family, into);
    return into.take();
  }

  function compressed(task: BulksTask): Deflated[][] {
    const memory = (scratch ??= new Uint8Array(SCRATCH_BYTES));
    return task.sections.map((section) => {
      const bulk = createBulk({ memory: reusedMemory(memory), writeText });
      return writeSection(task, section, bulk).map(deflatedHere);
    });
  }

  return {
    write(task) {
      if (task.memory === undefined) return compressed(task);
      const bulk = createBulk({ memory: reusedMemory(new Uint8Array(task.memory)), writeText });
      const chunks = task.sections.map((section) => writeSection(task, section, bulk));
      return withTransfers(chunks);
    },
  };
}

/** What did not fit crosses without a copy. */
function withTransfers(chunks: readonly Uint8Array[][]): unknown {
  const buffers = new Set(
    chunks.flat().flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : [])),
  );
  return buffers.size === 0 ? chunks : move({ [transferableSymbol]: [...buffers], [valueSymbol]: chunks });
}
