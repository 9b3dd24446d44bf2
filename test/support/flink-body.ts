/** The labels of a subtask's attempt that differ from test to test. */
export interface TaskLabels {
  readonly tm?: string;
  readonly job?: string;
  readonly task?: string;
  readonly subtask?: number;
  readonly attempt?: number;
}

/** A sample of a Flink body: name, labels between braces, value. */
export type FlinkSample = readonly [name: string, labels: string, value: number | string];

const TASK = "flink_taskmanager_job_task_";

/** `flink_taskmanager_job_task_<metric>` of one attempt, with the labels that Flink sends, in its order. */
export function taskSample(metric: string, labels: TaskLabels, value: number | string): FlinkSample {
  const { tm = "tm1", job = "job1", task = "map", subtask = 0, attempt = 0 } = labels;
  const id = `${job}_${task}_${subtask}_${attempt}`;
  return [
    TASK + metric,
    `job_id="${job}",task_id="id_${task}",task_attempt_id="${id}",host="host_${tm}",task_name="${task}",` +
      `task_attempt_num="${attempt}",job_name="wordcount",tm_id="${tm}",subtask_index="${subtask}",`,
    value,
  ];
}

/** `flink_taskmanager_<metric>` of a process. */
export function processSample(metric: string, tm: string, value: number | string): FlinkSample {
  return [`flink_taskmanager_${metric}`, `host="host_${tm}",tm_id="${tm}",`, value];
}

/** A body as client_java 0.8.1 sends it for Flink: everything is a gauge, every block ends with a comma. */
export function flinkBody(...samples: readonly FlinkSample[]): string {
  const families = new Map<string, string>();
  for (const [name, labels, value] of samples) {
    const head = families.get(name) ?? `# HELP ${name} about ${name}\n# TYPE ${name} gauge\n`;
    families.set(name, `${head}${name}{${labels}} ${value}\n`);
  }
  return [...families.values()].join("");
}

/** The three times that add up to the age of a task. */
export function ageSamples(labels: TaskLabels, ageMs: number): FlinkSample[] {
  return [
    taskSample("accumulateBusyTimeMs", labels, ageMs),
    taskSample("accumulateIdleTimeMs", labels, 0),
    taskSample("accumulateBackPressuredTimeMs", labels, 0),
  ];
}
