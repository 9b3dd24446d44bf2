import type { Dashboard, Panel } from "./dashboard.ts";

const CLUSTER = '{job=~"$cluster"}';
const SYSTEM = "metrics.system-resource: true, and oshi on Flink's class path";

function count(title: string, expression: string, more: Partial<Panel> = {}): Panel {
  return { title, isStat: true, queries: [[expression, ""]], ...more };
}

export const flinkOverview: Dashboard = {
  uid: "sluice-flink-overview",
  title: "Flink: overview",
  description: "All jobs and clusters that push to Sluice, on the merged view.",
  variables: [
    {
      name: "cluster",
      label: "Pushed job",
      query: "label_values(flink_jobmanager_numRunningJobs, job)",
    },
  ],
  rows: [
    {
      title: "Now",
      panels: [
        count("Running jobs", `sum(flink_jobmanager_numRunningJobs${CLUSTER})`),
        count("TaskManagers", `sum(flink_jobmanager_numRegisteredTaskManagers${CLUSTER})`, {
          about: "That the JobManagers know.",
        }),
        count("TaskManagers that push", `count(flink_taskmanager_Status_JVM_CPU_Time${CLUSTER})`),
        count("Free slots", `sum(flink_jobmanager_taskSlotsAvailable${CLUSTER})`),
        count("Slots", `sum(flink_jobmanager_taskSlotsTotal${CLUSTER})`),
        count("Alerts", 'count(ALERTS{alertstate="firing",alertname=~"(Flink|Sluice).+"}) or vector(0)', {
          about: "Of docs/monitoring/rules that fire.",
          bad: 1,
        }),
      ],
    },
    {
      title: "Jobs",
      panels: [
        {
          title: "Last told of",
          unit: "s",
          about:
            "How long nobody has told of a job. One that has ended, or failed, is here for a day; its other series are gone at once.",
          queries: [
            [
              `time() - max by (job, job_name) (sluice_flink_job_last_seen_seconds${CLUSTER})`,
              "{{job_name}}",
            ],
          ],
          bad: 120,
        },
        {
          title: "Running for",
          unit: "ms",
          queries: [[`max by (job, job_name) (flink_jobmanager_job_runningTime${CLUSTER})`, "{{job_name}}"]],
        },
        {
          title: "Restarts",
          queries: [
            [
              `sum by (job, job_name) (increase(flink_jobmanager_job_numRestarts${CLUSTER}[$__rate_interval]))`,
              "{{job_name}}",
            ],
          ],
        },
        {
          title: "Records a second",
          unit: "cps",
          about:
            "What the task of each job emits that emits most. The tasks of a job are not added up: each record passes several.",
          queries: [
            [
              `max by (job, job_name) (rate(flink_taskmanager_job_task_numRecordsOut${CLUSTER}[$__rate_interval]))`,
              "{{job_name}}",
            ],
          ],
        },
        {
          title: "Failed checkpoints",
          queries: [
            [
              `sum by (job, job_name) (increase(flink_jobmanager_job_numberOfFailedCheckpoints${CLUSTER}[$__rate_interval]))`,
              "{{job_name}}",
            ],
          ],
        },
        {
          title: "Duration of the last checkpoint",
          unit: "ms",
          queries: [
            [
              `max by (job, job_name) (flink_jobmanager_job_lastCheckpointDuration${CLUSTER} >= 0)`,
              "{{job_name}}",
            ],
          ],
        },
        {
          title: "Back pressure of the slowest subtask",
          unit: "ms",
          about: "Milliseconds of each second.",
          max: 1000,
          queries: [
            [
              `max by (job, job_name) (flink_taskmanager_job_task_backPressuredTimeMsPerSecond${CLUSTER})`,
              "{{job_name}}",
            ],
          ],
          bad: 500,
        },
        {
          title: "Records waiting in sources",
          needs: "sources that tell, as Kafka's",
          queries: [
            [
              `sum by (job, job_name) (flink_taskmanager_job_task_operator_pendingRecords${CLUSTER})`,
              "{{job_name}}",
            ],
          ],
        },
        {
          title: "Processes that fell silent",
          about: "Killed, or cut off from the relay. One that is stopped in good order is none.",
          queries: [[`sum by (job) (sluice_sources{state="lost",job=~"$cluster"})`, "{{job}}"]],
          needs: "a process that was lost within a day",
        },
      ],
    },
    {
      title: "TaskManagers together",
      panels: [
        {
          title: "Processor",
          unit: "percentunit",
          max: 1,
          queries: [
            [`max by (job) (flink_taskmanager_Status_JVM_CPU_Load${CLUSTER})`, "{{job}}: highest"],
            [`avg by (job) (flink_taskmanager_Status_JVM_CPU_Load${CLUSTER})`, "{{job}}: average"],
          ],
        },
        {
          title: "Heap in use",
          unit: "percentunit",
          max: 1,
          queries: [
            [
              `max by (job) (flink_taskmanager_Status_JVM_Memory_Heap_Used${CLUSTER} / flink_taskmanager_Status_JVM_Memory_Heap_Max${CLUSTER})`,
              "{{job}}: highest",
            ],
          ],
          bad: 0.85,
        },
        {
          title: "Time spent collecting garbage",
          unit: "percentunit",
          queries: [
            [
              `max by (job) (rate(flink_taskmanager_Status_JVM_GarbageCollector_All_Time${CLUSTER}[$__rate_interval])) / 1000`,
              "{{job}}: highest",
            ],
          ],
          bad: 0.1,
        },
      ],
    },
    {
      title: "JobManager",
      panels: [
        {
          title: "Processor",
          unit: "percentunit",
          max: 1,
          queries: [[`flink_jobmanager_Status_JVM_CPU_Load${CLUSTER}`, "{{host}}"]],
        },
        {
          title: "Heap",
          unit: "bytes",
          queries: [
            [`flink_jobmanager_Status_JVM_Memory_Heap_Used${CLUSTER}`, "{{host}} used"],
            [`flink_jobmanager_Status_JVM_Memory_Heap_Max${CLUSTER}`, "{{host}} most"],
          ],
        },
        {
          title: "Time spent collecting garbage",
          unit: "percentunit",
          queries: [
            [
              `rate(flink_jobmanager_Status_JVM_GarbageCollector_All_Time${CLUSTER}[$__rate_interval]) / 1000`,
              "{{host}}",
            ],
          ],
          bad: 0.1,
        },
        {
          title: "Processor of the machine",
          unit: "percent",
          max: 100,
          needs: SYSTEM,
          queries: [[`flink_jobmanager_System_CPU_Usage${CLUSTER}`, "{{host}}"]],
        },
        {
          title: "Memory of the machine",
          unit: "bytes",
          needs: SYSTEM,
          queries: [
            [`flink_jobmanager_System_Memory_Available${CLUSTER}`, "{{host}} available"],
            [`flink_jobmanager_System_Memory_Total${CLUSTER}`, "{{host}} in all"],
          ],
        },
        {
          title: "Network of the machine",
          unit: "Bps",
          needs: SYSTEM,
          queries: [
            [
              `sum by (host) ({__name__=~"flink_jobmanager_System_Network_.+_ReceiveRate",job=~"$cluster"})`,
              "{{host}} in",
            ],
            [
              `sum by (host) ({__name__=~"flink_jobmanager_System_Network_.+_SendRate",job=~"$cluster"})`,
              "{{host}} out",
            ],
          ],
        },
      ],
    },
  ],
};
