/** What Flink's REST API says, in its own words: https://nightlies.apache.org/flink/flink-docs-stable/docs/ops/rest_api */
export interface FlinkApi {
  overview(): Promise<{ taskmanagers: number; "slots-total": number; "jobs-running": number }>;
  jobs(): Promise<{ jid: string; name: string; state: string }[]>;
  job(id: string): Promise<Job>;
  subtasks(jobId: string, vertexId: string): Promise<Subtask[]>;
  /** An attempt that may have ended. */
  attempt(jobId: string, vertexId: string, subtask: number, attempt: number): Promise<Subtask>;
  taskManagers(): Promise<{ id: string }[]>;
  /** Uploads the jar and runs it; the id of the job. */
  run(jar: Blob, args: readonly string[]): Promise<string>;
  cancel(jobId: string): Promise<void>;
}

interface Job {
  readonly state: string;
  readonly vertices: readonly { id: string; status: string; metrics: Subtask["metrics"] }[];
}

export interface Subtask {
  readonly subtask: number;
  readonly attempt: number;
  readonly status: string;
  readonly metrics: Readonly<Record<"read-records" | "write-records", number>>;
}

export function flinkApi(port: number): FlinkApi {
  const root = `http://127.0.0.1:${port}`;

  async function ask<T>(path: string, init?: RequestInit): Promise<T> {
    const response = await fetch(`${root}/${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  return {
    overview: () => ask("overview"),
    jobs: async () =>
      (await ask<{ jobs: { jid: string; name: string; state: string }[] }>("jobs/overview")).jobs,
    job: (id) => ask(`jobs/${id}`),
    subtasks: async (jobId, vertexId) =>
      (await ask<{ subtasks: Subtask[] }>(`jobs/${jobId}/vertices/${vertexId}`)).subtasks,
    attempt: (jobId, vertexId, subtask, attempt) =>
      ask(`jobs/${jobId}/vertices/${vertexId}/subtasks/${subtask}/attempts/${attempt}`),
    taskManagers: async () => (await ask<{ taskmanagers: { id: string }[] }>("taskmanagers")).taskmanagers,
    async run(jar, args) {
      const body = new FormData();
      body.append("jarfile", jar, "wordcount.jar");
      const { filename } = await ask<{ filename: string }>("jars/upload", { method: "POST", body });
      const { jobid } = await ask<{ jobid: string }>(`jars/${filename.split("/").at(-1)}/run`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ programArgsList: args }),
      });
      return jobid;
    },
    async cancel(jobId) {
      await ask(`jobs/${jobId}?mode=cancel`, { method: "PATCH" });
    },
  };
}
