/** How the names of Flink's metrics begin. Each scope has the labels of those it lies in, and more. */
export const SCOPES = {
  /** The JobManager's process: `host`. */
  JM: "flink_jobmanager_",
  /** A job, as the JobManager sees it: `job_id`, `job_name`, `host`. */
  JJ: "flink_jobmanager_job_",
  /** A TaskManager's process: `host`, `tm_id`. */
  TM: "flink_taskmanager_",
  TJ: "flink_taskmanager_job_",
  /** A subtask: `task_id`, `task_name`, `subtask_index`, `task_attempt_id`, `task_attempt_num`. */
  TT: "flink_taskmanager_job_task_",
  /** An operator of a subtask: `operator_id`, `operator_name`. */
  OP: "flink_taskmanager_job_task_operator_",
} as const;

/** Whether a name is one that a Flink process gives: its own metrics, and those of user code under its scopes. */
export function isFlinkName(familyName: string): boolean {
  return familyName.startsWith(SCOPES.TM) || familyName.startsWith(SCOPES.JM);
}
