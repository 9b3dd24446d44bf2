import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const START_MS = 120_000;
const STOP_MS = 12_000;
const POLL_MS = 5;
/** USER_HZ, which Linux fixes for what it tells programs. */
const TICKS_PER_SECOND = 100;

/** A server under load: a process of its own, as a user starts it. */
export interface ServerProcess {
  readonly name: string;
  readonly port: number;
  /** From its start until it took a first push. */
  readonly startMs: number;
  /** Processor time of it and all its children since they started. */
  cpuMs(): Promise<number>;
  /** Resident memory of it and all its children (VmRSS). */
  rssBytes(): Promise<number>;
  /** What they have sent to disks since they started, in bytes. */
  writtenBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts `command` and waits until it takes pushes on the port that it is given. */
export async function startServer(
  name: string,
  commandFor: (port: number) => readonly [command: string, ...args: string[]],
): Promise<ServerProcess> {
  const port = await freePort();
  const [command, ...args] = commandFor(port);
  const startedMs = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  await waitUntilUp(child, name, port, () => said);
  const startMs = performance.now() - startedMs;
  await fetch(`http://127.0.0.1:${port}/metrics/job/start`, { method: "DELETE" });
  const pid = child.pid ?? 0;
  return {
    name,
    port,
    startMs,
    async cpuMs() {
      const ticks = await Promise.all((await treeOf(pid)).map(ticksOf));
      return (ticks.reduce((sum, of) => sum + of, 0) * 1000) / TICKS_PER_SECOND;
    },
    rssBytes: async () => 1024 * (await sumOver(pid, "status", /^VmRSS:\s+(\d+) kB$/m)),
    writtenBytes: () => sumOver(pid, "io", /^write_bytes: (\d+)$/m),
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
      if (await takesPush(port)) return;
    } catch {
      // It does not listen yet.
    }
    await sleep(POLL_MS);
  }
  await stop(child);
  throw new Error(`${name} does not listen on port ${port}: ${said()}`);
}

/** Others than relays know no such path, and say so. */
async function takesPush(port: number): Promise<boolean> {
  const group = `http://127.0.0.1:${port}/metrics/job/start`;
  const answer = await fetch(group, { method: "PUT", body: "started 1\n" });
  await answer.arrayBuffer();
  return answer.status < 500;
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

/** A number in a file of /proc, added up over a process and all its children. */
async function sumOver(root: number, file: "status" | "io", pattern: RegExp): Promise<number> {
  const texts = await Promise.all(
    (await treeOf(root)).map((pid) => readFile(`/proc/${pid}/${file}`, "utf8")),
  );
  return texts.reduce((sum, text) => sum + Number(pattern.exec(text)?.[1] ?? Number.NaN), 0);
}
