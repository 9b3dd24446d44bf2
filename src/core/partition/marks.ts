import type { PartitionState } from "./state.ts";

/** A family that was taken for a counter and is none: it can go down (`Counter.dec()` of Flink). */
export interface Mark {
  /** The job that the merged view shows. */
  readonly job: string;
  readonly family: string;
}

export function isMarked({ marks }: Pick<PartitionState, "marks">, job: string, family: string): boolean {
  return marks.size > 0 && marks.has(keyOf({ job, family }));
}

/** Tells the coordinator, whose command will mark the family in all partitions. */
export function noteNoCounter(state: PartitionState, mark: Mark): void {
  const isKnown = state.newMarks.some(({ job, family }) => job === mark.job && family === mark.family);
  if (!isKnown && !isMarked(state, mark.job, mark.family)) state.newMarks.push(mark);
}

export function listMarks({ marks }: Pick<PartitionState, "marks">): Mark[] {
  return [...marks].map((key) => {
    // The name of a family has no space in it; a job may have.
    const space = key.lastIndexOf(" ");
    return { job: key.slice(0, space), family: key.slice(space + 1) };
  });
}

/** The coordinator has spoken: it need not hear of the family any more. */
export function setMark(state: PartitionState, mark: Mark, isSet: boolean): void {
  if (isSet) state.marks.add(keyOf(mark));
  else state.marks.delete(keyOf(mark));
  state.newMarks = state.newMarks.filter(({ job, family }) => job !== mark.job || family !== mark.family);
}

export function keyOf({ job, family }: Mark): string {
  return `${job} ${family}`;
}
