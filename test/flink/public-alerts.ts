/**
 * What alerts on Flink ask for that are in use, the best known public sets among them: with a threshold that every
 * running cluster passes, so that an answer says that there is data and that it has the labels that are asked for.
 */
export const PUBLIC_ALERTS: readonly string[] = [
  "flink_jobmanager_numRunningJobs == 1",
  "flink_jobmanager_numRegisteredTaskManagers > 0",
  "flink_jobmanager_taskSlotsAvailable > 0",
  "delta(flink_jobmanager_job_numRestarts[5m]) >= 0",
  "delta(flink_jobmanager_job_numberOfFailedCheckpoints[10m]) >= 0",
  "flink_jobmanager_job_lastCheckpointDuration / 1000 < 60",
  "flink_taskmanager_job_task_isBackPressured == 0",
  "flink_taskmanager_job_task_backPressuredTimeMsPerSecond < 500",
  "flink_taskmanager_Status_JVM_Memory_Heap_Used / flink_taskmanager_Status_JVM_Memory_Heap_Max < 1 and flink_taskmanager_Status_JVM_Memory_Heap_Max > 0",
  "flink_jobmanager_Status_JVM_Memory_Heap_Used / flink_jobmanager_Status_JVM_Memory_Heap_Max < 1 and flink_jobmanager_Status_JVM_Memory_Heap_Max > 0",
  "deriv(flink_taskmanager_Status_JVM_GarbageCollector_All_Time[5m]) >= 0",
  "delta(flink_taskmanager_job_task_numRecordsIn[5m]) > 0 and flink_taskmanager_job_task_numRecordsIn > 0",
  "count(flink_taskmanager_Status_JVM_CPU_Time) == 3",
  "rate(flink_taskmanager_Status_JVM_GarbageCollector_G1_Young_Generation_Time[5m]) >= 0",
  "flink_taskmanager_job_task_numBytesInLocalPerSecond >= 0",
  "flink_taskmanager_job_task_numBytesOutPerSecond >= 0",
  "flink_jobmanager_job_uptime > 0",
  "sum by (job_name) (rate(flink_taskmanager_job_task_numRecordsIn[2m])) > 0",
];
