import { labelValue } from "../../exposition/label-block.ts";
import type { Labels } from "../../exposition/label-block.ts";

/** From the surest to the loosest: an attempt, a subtask whose attempts have no label, a job. */
const COHORT_LABELS = [["task_attempt_id"], ["job_id", "task_id", "subtask_index"], ["job_id"]];

/**
 * The cohort of a series within its source: the series whose counters begin and restart together
 * (`docs/counters.md`). Empty for what begins with the process.
 */
export function cohortOf(labels: Labels): string {
  for (const names of COHORT_LABELS) {
    const values = names.map((name) => labelValue(labels, name));
    if (!values.includes(undefined)) return JSON.stringify([names, values]);
  }
  return "";
}

export interface Attempt {
  /** The subtask whose attempt it is. */
  readonly taskKey: string;
  readonly number: number;
}

/**
 * Which attempt of its subtask a series belongs to: an attempt below one already seen is a late body's.
 * Labels that the reporter leaves out count as equal. That may take a new subtask for an old one, whose
 * counters then begin at a baseline; telling too much apart would count an old one twice.
 */
export function attemptOf(labels: Labels): Attempt | undefined {
  const number = labelValue(labels, "task_attempt_num");
  if (number === undefined || !/^[0-9]+$/.test(number)) return undefined;
  const subtask = ["job_id", "task_id", "subtask_index"].map((name) => labelValue(labels, name));
  return { taskKey: JSON.stringify(subtask), number: Number(number) };
}
