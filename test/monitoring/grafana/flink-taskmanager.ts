import type { Dashboard, Panel, Query } from "./dashboard.ts";

const TM = '{job=~"$cluster",tm_id=~"$tm_id"}';
const STATUS = "flink_taskmanager_Status_";
const SYSTEM = "flink_taskmanager_System_";
const NEEDS_SYSTEM = "metrics.system-resource: true, and oshi on Flink's class path";

/** One metric of each process, or several with a word for each. */
function panel(
  title: string,
  unit: string,
  metrics: Readonly<Record<string, string>>,
  more: Partial<Panel> = {},
): Panel {
  const queries = Object.entries(metrics).map(([word, metric]): Query => [
    `${metric}${TM}`,
    `{{tm_id}} ${word}`.trimEnd(),
  ]);
  return { title, unit, queries, ...more };
}

function rate(title: string, unit: string, counter: string, more: Partial<Panel> = {}): Panel {
  return { title, unit, queries: [[`rate(${counter}${TM}[$__rate_interval])`, "{{tm_id}}"]], ...more };
}

export const flinkTaskmanager: Dashboard = {
  uid: "sluice-flink-taskmanager",
  title: "Flink: a TaskManager",
  description: "JVM, memory, network and machine of each TaskManager. One that has died has left.",
  variables: [
    {
      name: "cluster",
      label: "Pushed job",
      query: "label_values(flink_taskmanager_Status_JVM_CPU_Time, job)",
    },
    {
      name: "tm_id",
      label: "TaskManager",
      query: 'label_values(flink_taskmanager_Status_JVM_CPU_Time{job=~"$cluster"}, tm_id)',
    },
  ],
  rows: [
    {
      title: "Processor",
      panels: [
        panel("Load", "percentunit", { "": `${STATUS}JVM_CPU_Load` }, { max: 1 }),
        {
          ...rate("Processors in use", "short", `${STATUS}JVM_CPU_Time`),
          queries: [[`rate(${STATUS}JVM_CPU_Time${TM}[$__rate_interval]) / 1e9`, "{{tm_id}}"]],
        },
        panel("Threads", "short", { "": `${STATUS}JVM_Threads_Count` }),
      ],
    },
    {
      title: "Memory",
      panels: [
        panel("Heap", "bytes", {
          used: `${STATUS}JVM_Memory_Heap_Used`,
          most: `${STATUS}JVM_Memory_Heap_Max`,
        }),
        panel("Metaspace", "bytes", {
          used: `${STATUS}JVM_Memory_Metaspace_Used`,
          most: `${STATUS}JVM_Memory_Metaspace_Max`,
        }),
        panel("Direct and mapped", "bytes", {
          direct: `${STATUS}JVM_Memory_Direct_MemoryUsed`,
          mapped: `${STATUS}JVM_Memory_Mapped_MemoryUsed`,
        }),
        panel("Managed by Flink", "bytes", {
          used: `${STATUS}Flink_Memory_Managed_Used`,
          total: `${STATUS}Flink_Memory_Managed_Total`,
        }),
        rate(
          "Milliseconds collecting garbage in each second",
          "ms",
          `${STATUS}JVM_GarbageCollector_All_Time`,
          {
            bad: 100,
          },
        ),
        rate("Collections a second", "cps", `${STATUS}JVM_GarbageCollector_All_Count`),
      ],
    },
    {
      title: "Network",
      panels: [
        panel("Network memory", "bytes", {
          used: `${STATUS}Shuffle_Netty_UsedMemory`,
          total: `${STATUS}Shuffle_Netty_TotalMemory`,
        }),
        panel(
          "Network memory asked for",
          "percent",
          { "": `${STATUS}Shuffle_Netty_RequestedMemoryUsage` },
          {
            about: "Above 100 tasks wait for buffers.",
            bad: 100,
          },
        ),
        {
          title: "Network of the machine",
          unit: "Bps",
          needs: NEEDS_SYSTEM,
          about: "All interfaces. TaskManagers on one machine each report it.",
          queries: [
            [
              `sum by (tm_id) ({__name__=~"${SYSTEM}Network_.+_ReceiveRate",job=~"$cluster",tm_id=~"$tm_id"})`,
              "{{tm_id}} in",
            ],
            [
              `sum by (tm_id) ({__name__=~"${SYSTEM}Network_.+_SendRate",job=~"$cluster",tm_id=~"$tm_id"})`,
              "{{tm_id}} out",
            ],
          ],
        },
      ],
    },
    {
      title: "Machine",
      panels: [
        panel("Processor", "percent", { "": `${SYSTEM}CPU_Usage` }, { max: 100, needs: NEEDS_SYSTEM }),
        panel("Load of one minute", "short", { "": `${SYSTEM}CPU_Load1min` }, { needs: NEEDS_SYSTEM }),
        panel(
          "Memory",
          "bytes",
          { available: `${SYSTEM}Memory_Available`, "in all": `${SYSTEM}Memory_Total` },
          { needs: NEEDS_SYSTEM },
        ),
        panel("Swap", "bytes", { used: `${SYSTEM}Swap_Used` }, { needs: NEEDS_SYSTEM }),
        panel(
          "Open files",
          "short",
          { open: `${STATUS}JVM_FileDescriptor_Open`, most: `${STATUS}JVM_FileDescriptor_Max` },
          { needs: "Flink 2" },
        ),
        panel("Classes loaded", "short", { "": `${STATUS}JVM_ClassLoader_ClassesLoaded` }),
      ],
    },
  ],
};
