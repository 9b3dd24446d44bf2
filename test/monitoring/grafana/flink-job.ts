import type { Dashboard, Panel, Query } from "./dashboard.ts";

const JOB = '{job=~"$cluster",job_name=~"$job_name"}';
const JM = "flink_jobmanager_job_";
const TASK = "flink_taskmanager_job_task_";
const OPERATOR = `${TASK}operator_`;
const ROCKSDB = "RocksDB and its metrics switched on (state.backend.rocksdb.metrics.…)";

/** One line for each task. The merged view has one series for each at the default level. */
function byTask(title: string, unit: string, metric: string, more: Partial<Panel> = {}): Panel {
  return {
    title,
    unit,
    queries: [[`max by (task_name) (${TASK}${metric}${JOB})`, "{{task_name}}"]],
    ...more,
  };
}

function byOperator(title: string, unit: string, metric: string, more: Partial<Panel> = {}): Panel {
  return {
    title,
    unit,
    queries: [[`max by (operator_name) (${OPERATOR}${metric}${JOB})`, "{{operator_name}}"]],
    ...more,
  };
}

function rateByTask(title: string, unit: string, counter: string): Panel {
  const expression = `sum by (task_name) (rate(${TASK}${counter}${JOB}[$__rate_interval]))`;
  return { title, unit, queries: [[expression, "{{task_name}}"]] };
}

function ofJob(title: string, unit: string, queries: readonly Query[], more: Partial<Panel> = {}): Panel {
  return { title, unit, queries, ...more };
}

const MS_OF_EACH_SECOND = "Milliseconds of each second, of the subtask with most; beside it the average.";

function timeShare(title: string, metric: string, bad?: number): Panel {
  return {
    title,
    unit: "ms",
    max: 1000,
    about: MS_OF_EACH_SECOND,
    ...(bad === undefined ? {} : { bad }),
    queries: [
      [`max by (task_name) (${TASK}${metric}${JOB})`, "{{task_name}}"],
      [`avg by (task_name) (${TASK}${metric}_avg${JOB})`, "{{task_name}}, average"],
    ],
  };
}

export const flinkJob: Dashboard = {
  uid: "sluice-flink-job",
  title: "Flink: a job",
  description: "One job, by task and operator, on the merged view.",
  variables: [
    { name: "cluster", label: "Pushed job", query: "label_values(flink_jobmanager_job_runningTime, job)" },
    {
      name: "job_name",
      label: "Job",
      query: 'label_values(flink_jobmanager_job_runningTime{job=~"$cluster"}, job_name)',
    },
  ],
  rows: [
    {
      title: "State",
      panels: [
        ofJob("Running for", "ms", [[`${JM}runningTime${JOB}`, "{{job_name}} {{job_id}}"]], {
          about: "It begins anew at each restart, and is 0 while the job does not run.",
        }),
        ofJob("Restarts", "short", [
          [`increase(${JM}numRestarts${JOB}[$__rate_interval])`, "{{job_name}} {{job_id}}"],
        ]),
        ofJob("Last told of", "s", [
          [
            `time() - max by (job_name, job_id) (sluice_flink_job_last_seen_seconds${JOB})`,
            "{{job_name}} {{job_id}}",
          ],
        ]),
      ],
    },
    {
      title: "Checkpoints",
      panels: [
        ofJob("Checkpoints", "short", [
          [
            `sum by (job_name) (increase(${JM}numberOfCompletedCheckpoints${JOB}[$__rate_interval]))`,
            "completed",
          ],
          [`sum by (job_name) (increase(${JM}numberOfFailedCheckpoints${JOB}[$__rate_interval]))`, "failed"],
          [`sum by (job_name) (${JM}numberOfInProgressCheckpoints${JOB})`, "in progress"],
        ]),
        ofJob("Duration of the last", "ms", [[`${JM}lastCheckpointDuration${JOB} >= 0`, "{{job_name}}"]], {
          bad: 60_000,
        }),
        ofJob("Size of the last", "bytes", [
          [`${JM}lastCheckpointSize${JOB} >= 0`, "written"],
          [`${JM}lastCheckpointFullSize${JOB} >= 0`, "all of it"],
        ]),
        byTask("Start delay", "ns", "checkpointStartDelayNanos", {
          about: "How long barriers take to arrive, at the slowest subtask.",
        }),
        byTask("Alignment", "ns", "checkpointAlignmentTime"),
        ofJob(
          "Since the last was completed",
          "ms",
          [[`time() * 1000 - (${JM}lastCheckpointCompletedTimestamp${JOB} > 0)`, "{{job_name}}"]],
          { needs: "Flink 2" },
        ),
      ],
    },
    {
      title: "Throughput",
      panels: [
        rateByTask("Records received", "cps", "numRecordsIn"),
        rateByTask("Records emitted", "cps", "numRecordsOut"),
        rateByTask("Bytes emitted", "Bps", "numBytesOut"),
      ],
    },
    {
      title: "What tasks do with their time",
      panels: [
        timeShare("Busy", "busyTimeMsPerSecond"),
        timeShare("Under back pressure", "backPressuredTimeMsPerSecond", 500),
        timeShare("Idle", "idleTimeMsPerSecond"),
        byTask("Input buffers in use", "percentunit", "Shuffle_Netty_Input_Buffers_inPoolUsage", { max: 1 }),
        byTask("Output buffers in use", "percentunit", "Shuffle_Netty_Output_Buffers_outPoolUsage", {
          max: 1,
        }),
        ofJob(
          "Latency of the mailbox, 99 %",
          "ms",
          [
            [
              `max by (task_name) (${TASK}mailboxLatencyMs{quantile="0.99",job=~"$cluster",job_name=~"$job_name"})`,
              "{{task_name}}",
            ],
          ],
          { about: "Of the worst subtask." },
        ),
      ],
    },
    {
      title: "Time of events",
      panels: [
        ofJob(
          "Watermark behind the clock",
          "s",
          [
            [
              `time() - max by (operator_name) (${OPERATOR}currentOutputWatermark${JOB} > 0) / 1000`,
              "{{operator_name}}",
            ],
          ],
          { about: "Of the subtask that is furthest behind.", needs: "watermarks" },
        ),
        byOperator("Age of events when they are emitted", "ms", "currentEmitEventTimeLag", {
          needs: "sources of the new kind",
        }),
        ofJob(
          "Records dropped as late",
          "cps",
          [
            [
              `sum by (operator_name) (rate(${OPERATOR}numLateRecordsDropped${JOB}[$__rate_interval]))`,
              "{{operator_name}}",
            ],
          ],
          { needs: "windows" },
        ),
      ],
    },
    {
      title: "Sources and sinks",
      panels: [
        ofJob(
          "Records waiting",
          "short",
          [[`sum by (operator_name) (${OPERATOR}pendingRecords${JOB})`, "{{operator_name}}"]],
          { needs: "sources that tell, as Kafka's" },
        ),
        ofJob(
          "Kafka: largest lag of a partition",
          "short",
          [
            [
              `max by (operator_name) (${OPERATOR}KafkaSourceReader_KafkaConsumer_records_lag_max${JOB})`,
              "{{operator_name}}",
            ],
          ],
          { needs: "Kafka" },
        ),
        ofJob(
          "Records that could not be sent",
          "cps",
          [
            [
              `sum by (operator_name) (rate(${OPERATOR}numRecordsSendErrors${JOB}[$__rate_interval]))`,
              "{{operator_name}}",
            ],
          ],
          { needs: "sinks of the new kind" },
        ),
      ],
    },
    {
      title: "State, and the disk under it",
      panels: [
        ofJob(
          "RocksDB: files",
          "bytes",
          [[`sum by (operator_name) (${OPERATOR}rocksdb_total_sst_files_size${JOB})`, "{{operator_name}}"]],
          { needs: ROCKSDB },
        ),
        ofJob(
          "RocksDB: read and written by compaction",
          "Bps",
          [
            [
              `sum by (operator_name) (rate(${OPERATOR}rocksdb_compaction_read_bytes${JOB}[$__rate_interval]))`,
              "{{operator_name}} read",
            ],
            [
              `sum by (operator_name) (rate(${OPERATOR}rocksdb_compaction_write_bytes${JOB}[$__rate_interval]))`,
              "{{operator_name}} written",
            ],
          ],
          { needs: ROCKSDB },
        ),
        ofJob(
          "Merged checkpoint files",
          "bytes",
          [
            [`sum by (job_name) (flink_taskmanager_job_fileMerging_physicalFileSize${JOB})`, "on the disk"],
            [`sum by (job_name) (flink_taskmanager_job_fileMerging_logicalFileSize${JOB})`, "of it in use"],
          ],
          { needs: "execution.checkpointing.file-merging.enabled" },
        ),
      ],
    },
  ],
};
