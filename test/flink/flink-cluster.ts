import { cpSync, mkdirSync, openAsBlob, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firstFreePort } from "../../src/node/cli/free-port.ts";
import { temporaryFolder } from "../node/storage/temporary-folder.ts";
import { type FlinkApi, flinkApi } from "./flink-api.ts";
import { type RunningProgram, startProgram } from "./running-program.ts";
import { waitUntil } from "./wait.ts";

const HERE = import.meta.dirname;
const REPORTER = readFileSync(join(HERE, "../../docs/flink/reporter.yaml"), "utf8");
const CLUSTER = readFileSync(join(HERE, "conf/cluster.yaml"), "utf8");

/** What a file in the folder of switches does to the running WordCount: see `WordCount.java`. */
type Switch = "pause" | "throw" | "fail-checkpoints";

export interface FlinkCluster extends AsyncDisposable {
  readonly api: FlinkApi;
  readonly jobManager: RunningProgram;
  /** Those that were started and not ended from here, by their names. */
  readonly taskManagers: ReadonlyMap<string, RunningProgram>;
  /** All processes that there have been, by their names. */
  readonly started: ReadonlyMap<string, RunningProgram>;
  /** Starts one and waits until the JobManager knows it. */
  startTaskManager(name: string): Promise<void>;
  endTaskManager(name: string, signal: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Submits a WordCount and waits until all its tasks run; its id. */
  submit(...args: readonly string[]): Promise<string>;
  turn(name: Switch, state: "on" | "off"): void;
}

/** A session cluster whose processes push to that relay as docs/flink/reporter.yaml says, but every second. */
export async function startFlinkCluster(build: string, relayPort: number): Promise<FlinkCluster> {
  const folder = temporaryFolder();
  const conf = join(folder.path, "conf");
  const switches = join(folder.path, "switches");
  const restPort = await firstFreePort("127.0.0.1", 18_081);
  const rpcPort = await firstFreePort("127.0.0.1", 16_123);
  mkdirSync(conf);
  mkdirSync(switches);
  cpSync(join(HERE, "conf/log4j2.properties"), join(conf, "log4j2.properties"));
  writeFileSync(
    join(conf, "config.yaml"),
    replaced(CLUSTER, {
      "rest.port: 8081": `rest.port: ${restPort}`,
      "jobmanager.rpc.port: 6123": `jobmanager.rpc.port: ${rpcPort}`,
    }) +
      replaced(REPORTER, {
        "http://sluice.example:9091": `http://127.0.0.1:${relayPort}`,
        "interval: 10 s": "interval: 1 s",
      }),
  );
  const start = (...args: readonly string[]): RunningProgram =>
    startProgram(join(HERE, "flink.sh"), [args[0] ?? "", build, conf, ...args.slice(1)]);

  const api = flinkApi(restPort);
  const taskManagers = new Map<string, RunningProgram>();
  const jobManager = start("jobmanager");
  const started = new Map([["jobmanager", jobManager]]);

  async function startTaskManager(name: string): Promise<void> {
    const process = start("taskmanager", name);
    taskManagers.set(name, process);
    started.set(name, process);
    await waitUntil(`TaskManager ${name} is registered`, async () => {
      const dead = [jobManager, process].find((each) => each.hasEnded);
      if (dead !== undefined) throw new Error(`a process of Flink has ended:\n${dead.lines.join("\n")}`);
      const known = await api.taskManagers().catch(() => []);
      return known.some(({ id }) => id === name)
        ? undefined
        : `known are ${known.map(({ id }) => id).join()}`;
    });
  }

  return {
    api,
    jobManager,
    taskManagers,
    started,
    startTaskManager,
    async endTaskManager(name, signal) {
      const process = taskManagers.get(name);
      if (process === undefined) throw new Error(`there is no TaskManager ${name}`);
      taskManagers.delete(name);
      await process.end(signal);
    },
    async submit(...args) {
      const jar = await openAsBlob(join(build, "wordcount.jar"));
      const id = await api.run(jar, ["--switches", switches, ...args]);
      await untilRunning(api, id);
      return id;
    },
    turn(name, state) {
      if (state === "on") writeFileSync(join(switches, name), "");
      else rmSync(join(switches, name), { force: true });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([jobManager, ...taskManagers.values()].map((each) => each.end("SIGKILL")));
      folder[Symbol.dispose]();
    },
  };
}

export async function untilRunning(api: FlinkApi, jobId: string): Promise<void> {
  await waitUntil(`job ${jobId} runs`, async () => {
    const { state, vertices } = await api.job(jobId);
    const isUp = state === "RUNNING" && vertices.every(({ status }) => status === "RUNNING");
    return isUp ? undefined : `it is ${state}, its tasks ${vertices.map(({ status }) => status).join()}`;
  });
}

/** Each of these must stand in the text: what is run is what is documented, but for them. */
export function replaced(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`"${from}" is not in the file any more`);
    return all.replaceAll(from, to);
  }, text);
}
