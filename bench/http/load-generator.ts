import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { FleetSource } from "./fleet.ts";
import { writeLoadFile } from "./load-file.ts";

const SOURCE = new URL("../load.c", import.meta.url).pathname;

/** What one run of load.c has seen. */
export interface LoadResult {
  /** Answered with 2xx. */
  readonly pushes: number;
  readonly refused: number;
  readonly firstRefusal: string;
  readonly seconds: number;
  /** Of the load generator itself. */
  readonly cpuSeconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** For each source the number of its last acknowledged push; 0 where this run had none. */
  readonly acked: readonly number[];
}

export interface RunLimits {
  readonly connections: number;
  readonly seconds: number;
  /** Pushes of each source. */
  readonly laps?: number;
}

/** The process that pushes. It goes on counting from run to run, whichever server it pushes to. */
export interface LoadGenerator {
  run(port: number, limits: RunLimits): Promise<LoadResult>;
  stop(): void;
}

/** Rejects with a message for the user where there is no C compiler. */
export async function startLoadGenerator(fleet: readonly FleetSource[]): Promise<LoadGenerator> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  try {
    const program = join(folder, "load");
    const file = join(folder, "sources");
    await compile(program);
    await writeLoadFile(file, fleet);
    return await start(program, file);
  } finally {
    // It has read its file, and Linux keeps a running program.
    await rm(folder, { recursive: true });
  }
}

async function compile(program: string): Promise<void> {
  try {
    await promisify(execFile)("cc", ["-O2", "-o", program, SOURCE]);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new Error(
        "no C compiler: the load generator needs one as `cc` (Debian: apt install gcc libc6-dev)",
        {
          cause: error,
        },
      );
    throw error;
  }
}

async function start(program: string, file: string): Promise<LoadGenerator> {
  const child = spawn(program, [file], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function nextLine(): Promise<string> {
    const { value, done } = await lines.next();
    if (done === true) throw new Error("the load generator has ended; its last words stand above");
    return value;
  }

  await nextLine();
  return {
    async run(port, { connections, seconds, laps = 2 ** 31 }) {
      child.stdin.write(`run ${port} ${connections} ${seconds} ${laps}\n`);
      return JSON.parse(await nextLine()) as LoadResult;
    },
    stop: () => child.stdin.end(),
  };
}
