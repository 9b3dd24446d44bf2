import { SCOPES } from "./scopes.ts";

/**
 * How much the merged view tells apart. `attempt`: everything, there is no roll-up.
 * `subtask`: a subtask across its restarts. `task`: a task across its subtasks.
 */
export type Level = "attempt" | "subtask" | "task";

const PROCESS = ["host", "tm_id"];
const DROPPED: { readonly [L in Level]: readonly string[] } = {
  attempt: [],
  subtask: ["task_attempt_id", "task_attempt_num"],
  task: ["task_attempt_id", "task_attempt_num", "subtask_index"],
};

/** One set for each case, because every layout keeps the one of each of its families. */
const DROPPED_OF_A_PROCESS = sets(() => []);
const DROPPED_OF_A_JOB = sets((level) => (level === "attempt" ? [] : PROCESS));

/**
 * The labels that the series of a family lose in the merged view.
 *
 * A job outlives the processes that run it, so its series lose host and tm_id; the JobManager's series of
 * a job lose them even where the reporter leaves `job_id` out. All others belong to their process: when a
 * TaskManager dies, `count(flink_taskmanager_Status_JVM_CPU_Time)` must fall.
 */
export function droppedLabels(familyName: string, hasJobId: boolean, level: Level): ReadonlySet<string> {
  const ofJob = hasJobId || familyName.startsWith(SCOPES.JJ);
  return (ofJob ? DROPPED_OF_A_JOB : DROPPED_OF_A_PROCESS)[level];
}

function sets(more: (level: Level) => readonly string[]): { readonly [L in Level]: ReadonlySet<string> } {
  const of = (level: Level): ReadonlySet<string> => new Set([...DROPPED[level], ...more(level)]);
  return { attempt: of("attempt"), subtask: of("subtask"), task: of("task") };
}

/** `randomJobNameSuffix` appends an AbstractID, with nothing between, drawn anew by every process. */
const RANDOM_SUFFIX = /[0-9a-f]{32}$/;

/** Whether a pushed job names one process only, and so never lives twice. */
export function hasRandomSuffix(job: string): boolean {
  return RANDOM_SUFFIX.test(job);
}

/** The job that the processes of a fleet share. Flink's `jobName` is empty unless it is set. */
export function mergedJob(job: string): string {
  return job.replace(RANDOM_SUFFIX, "") || "flink";
}
