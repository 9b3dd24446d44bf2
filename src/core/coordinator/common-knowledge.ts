import type { Mark } from "../partition/marks.ts";
import { keyOf } from "../partition/marks.ts";
import type { ShardReport } from "../shard/messages.ts";

/** A command without its time. */
export type Telling =
  | { readonly kind: "infer"; readonly job: string; readonly families: readonly string[] }
  | ({ readonly kind: "mark" } & Mark);

/** What partitions find out about families that concerns all of them, and what a shard that has been away must hear. */
export interface CommonKnowledge {
  /** Takes over what a shard has loaded. */
  adopt(report: Pick<ShardReport, "inferred" | "marks">): void;
  infer(this: void, job: string, families: readonly string[]): void;
  /** False if it was known: two partitions may find it at once. */
  mark(mark: Mark): boolean;
  /** Who is started again later must not hear of it. */
  unmark(mark: Mark): void;
  tellings(): Telling[];
}

export function createCommonKnowledge(): CommonKnowledge {
  const inferred = new Map<string, Set<string>>();
  const marks = new Map<string, Mark>();

  function infer(job: string, families: readonly string[]): void {
    inferred.set(job, new Set([...(inferred.get(job) ?? []), ...families]));
  }

  return {
    adopt(report) {
      for (const { job, families } of report.inferred) infer(job, families);
      for (const mark of report.marks) marks.set(keyOf(mark), mark);
    },
    infer,
    mark(mark) {
      const isNew = !marks.has(keyOf(mark));
      marks.set(keyOf(mark), mark);
      return isNew;
    },
    unmark: (mark) => void marks.delete(keyOf(mark)),
    tellings: () => [
      ...[...inferred].map(([job, families]) => ({ kind: "infer" as const, job, families: [...families] })),
      ...[...marks.values()].map(({ job, family }) => ({ kind: "mark" as const, job, family })),
    ],
  };
}
