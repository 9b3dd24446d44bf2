import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const START_MS = 20_000;
const STOP_MS = 12_000;
/** USER_HZ, which Linux fixes for what it tells programs. */
const TICKS_PER_SECOND = 100;

/** A server under load: a process of its own, as a user starts it. */
export interface ServerProcess {
  readonly name: string;
  readonly port: number;
  /** Processor time of it and all its children since they started. */
  cpuMs(): Promise<number>;
  rssBytes(): Promise<number>;
  peakRssBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `command` and waits until it takes connections on the port that it is given. */
export async function startServer(
  name: string,
  commandFor: (port: number) => readonly [command: string, ...args: string[]],
): Promise<ServerProcess> {
  const port = await freePort();
  const [command, ...args] = commandFor(port);
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  await waitUntilUp(child, name, port, () => said);
  const pid = child.pid ?? 0;
  return {
    name,
    port,
    async cpuMs() {
      const ticks = await Promise.all((await treeOf(pid)).map(ticksOf));
      return (ticks.reduce((sum, of) => sum + of, 0) * 1000) / TICKS_PER_SECOND;
    },
    rssBytes: () => memoryOf(pid, "VmRSS"),
    peakRssBytes: () => memoryOf(pid, "VmHWM"),
    stop: () => stop(child),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

async function waitUntilUp(
  child: ChildProcess,
  name: string,
  port: number,
  said: () => string,
): Promise<void> {
  const giveUpMs = performance.now() + START_MS;
  while (performance.now() < giveUpMs) {
    if (child.exitCode !== null) throw new Error(`${name} has ended with ${child.exitCode}: ${said()}`);
    try {
      await (await fetch(`http://127.0.0.1:${port}/-/ready`)).arrayBuffer();
      return;
    } catch {
      // It does not listen yet.
      await sleep(50);
    }
  }
  await stop(child);
  throw new Error(`${name} does not listen on port ${port}: ${said()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}

async function treeOf(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, "utf8")),
  );
  const children = lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
  const below = await Promise.all(children.map(treeOf));
  return [pid, ...below.flat()];
}

/** utime and stime, in fields 14 and 15: the name before them may hold blanks, and ends with the last parenthesis. */
async function ticksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

async function memoryOf(root: number, field: "VmRSS" | "VmHWM"): Promise<number> {
  let bytes = 0;
  for (const pid of await treeOf(root)) {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    bytes += Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN) * 1024;
  }
  return bytes;
}
