import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { compile } from "./compile.ts";
import type { FleetSource } from "./fleet.ts";
import type { Head } from "./load-file.ts";
import { HEADS, writeLoadFile } from "./load-file.ts";

/** What one run of load.c has seen. */
export interface LoadResult {
  /** Answered with 2xx. */
  readonly pushes: number;
  readonly refused: number;
  readonly firstRefusal: string;
  /** Due at the given rate, but their connection had no answer yet. */
  readonly unsent: number;
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
  /** Pushes a second, whatever is answered; as many as are answered where it is left out. */
  readonly rate?: number;
  readonly head?: Head;
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
    const program = await compile("load", folder);
    const file = join(folder, "sources");
    await writeLoadFile(file, fleet);
    return await start(program, file);
  } finally {
    // It has read its file, and Linux keeps a running program.
    await rm(folder, { recursive: true });
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
    async run(port, { connections, seconds, laps = 2 ** 31, rate = 0, head = "push" }) {
      const numbers = [port, connections, seconds, laps, rate, HEADS.indexOf(head)];
      child.stdin.write(`run ${numbers.join(" ")}\n`);
      return JSON.parse(await nextLine()) as LoadResult;
    },
    stop: () => child.stdin.end(),
  };
}
