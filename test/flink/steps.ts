import { type Account, type QuietPoint, INTERVALS_S } from "./account.ts";
import { difference } from "./counts.ts";
import { untilRunning } from "./flink-cluster.ts";
import type { Scene } from "./scene.ts";
import { waitUntil } from "./wait.ts";

const CPU_TIME = "flink_taskmanager_Status_JVM_CPU_Time";
const RECORDS_OUT = "flink_taskmanager_job_task_numRecordsOut";

/** What the tests wait for and ask, of one scene. */
export interface Steps {
  /** The latest attempt of any task of the job. */
  attempt(jobId: string): Promise<number>;
  /** Until every task of it is at a later attempt, and runs. */
  untilBeyond(jobId: string, attempt: number): Promise<void>;
  /** Until Prometheus sees these TaskManagers and no other. */
  untilSeen(...names: readonly string[]): Promise<void>;
  /** Until there are that many groups. */
  untilGroups(count: number): Promise<void>;
  /** Until Prometheus has this alert fire, or not any more. */
  untilFiring(...alerts: readonly string[]): Promise<void>;
  untilResolved(...alerts: readonly string[]): Promise<void>;
  /** Until Prometheus has an answer to each of these expressions; one that does not parse is an error. */
  untilAnswered(queries: readonly { readonly of: string; readonly expression: string }[]): Promise<void>;
  /** What `increase()` and `rate()` say between two quiet points of each task's records. */
  increases(account: Account, from: QuietPoint, to: QuietPoint): Promise<Increase[]>;
}

interface Increase {
  /** What was pushed between the two. */
  readonly truth: number;
  /** What flows in an interval of pushes and one of scrapes, on average. */
  readonly slack: number;
  readonly increase: number;
  /** `rate()`, times the seconds. */
  readonly rate: number;
}

export function createSteps({ flink, relay, prometheus }: Scene): Steps {
  async function firing(): Promise<string[]> {
    const { alerts } = await prometheus.api<{ alerts: { labels: { alertname: string }; state: string }[] }>(
      "alerts",
    );
    return alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels.alertname);
  }

  /** Of every subtask. */
  async function attempts(jobId: string): Promise<number[]> {
    const { vertices } = await flink.api.job(jobId);
    const subtasks = await Promise.all(vertices.map(({ id }) => flink.api.subtasks(jobId, id)));
    return subtasks.flat().map(({ attempt }) => attempt);
  }

  async function value(expression: string): Promise<number> {
    return Number((await prometheus.query(expression))[0]?.value[1]);
  }

  return {
    attempt: async (jobId) => Math.max(...(await attempts(jobId))),

    async untilBeyond(jobId, attempt) {
      await waitUntil(`all tasks are beyond attempt ${attempt}`, async () => {
        const now = await attempts(jobId);
        return Math.min(...now) > attempt ? undefined : `attempts are ${now.join()}`;
      });
      await untilRunning(flink.api, jobId);
    },

    async untilSeen(...names) {
      await waitUntil(`Prometheus sees ${names.join()} alone`, async () => {
        const seen = (await prometheus.query(CPU_TIME)).map(({ metric }) => metric["tm_id"] ?? "");
        return seen.toSorted().join() === names.join() ? undefined : `it sees ${seen.join()}`;
      });
    },

    async untilGroups(count) {
      await waitUntil(`there are ${count} groups`, async () => {
        const groups = await relay.groups();
        return groups.length === count ? undefined : `there are ${JSON.stringify(groups)}`;
      });
    },

    async untilFiring(...alerts) {
      await waitUntil(`${alerts.join()} fire`, async () => {
        const now = await firing();
        return alerts.every((name) => now.includes(name)) ? undefined : `those that fire are ${now.join()}`;
      });
    },

    async untilResolved(...alerts) {
      await waitUntil(`${alerts.join()} are resolved`, async () => {
        const now = await firing();
        return alerts.some((name) => now.includes(name)) ? `those that fire are ${now.join()}` : undefined;
      });
    },

    async untilAnswered(queries) {
      await waitUntil("all queries have an answer", async () => {
        const answers = await Promise.all(queries.map(({ expression }) => prometheus.query(expression)));
        const open = queries.filter((_, i) => answers[i]?.length === 0);
        return open.length === 0 ? undefined : open.map(({ of }) => of).join("; ");
      });
    },

    async increases({ jobId }, from, to) {
      // What was scraped at the first of them is in the range, not only what came after it.
      const seconds = Math.ceil(to.at - from.at) + INTERVALS_S;
      const tasks = [...difference(to.shown, from.shown)].filter(([key]) => key.endsWith(" numRecordsOut"));
      return await Promise.all(
        tasks.map(async ([key, truth]) => {
          const range = `${RECORDS_OUT}{job_id="${jobId}",task_id="${key.split(" ")[0]}"}[${seconds}s] @ ${to.at}`;
          return {
            truth,
            slack: (truth / seconds) * INTERVALS_S,
            increase: await value(`increase(${range})`),
            rate: (await value(`rate(${range})`)) * seconds,
          };
        }),
      );
    },
  };
}
