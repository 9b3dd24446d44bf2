import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface RunningProgram extends AsyncDisposable {
  /** What it has written, line by line. */
  readonly lines: readonly string[];
  readonly hasEnded: boolean;
  /** Sends a signal and waits until it has ended. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

export function startProgram(program: string, args: readonly string[]): RunningProgram {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => lines.push(line));
  }
  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    child.kill(signal);
    await exited;
  }
  return {
    lines,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    end,
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}
