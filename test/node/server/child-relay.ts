import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const SLUICE = join(import.meta.dirname, "../../../src/node/sluice.js");

export interface ChildRelay extends AsyncDisposable {
  readonly port: number;
  /** Resolves when it has logged a message that begins so. */
  logged(message: string): Promise<void>;
  terminate(): void;
  signal(name: NodeJS.Signals): void;
  /** What it ended with. */
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

/** A relay in a process of its own, on a port of the system's choice. */
export async function startChildRelay(...flags: string[]): Promise<ChildRelay> {
  const isStored = flags.some((flag) => /^--(storage\.path|persistence\.file)/.test(flag));
  const child = spawn(
    process.execPath,
    [
      SLUICE,
      "--web.listen-address=127.0.0.1:0",
      "--log.format=json",
      ...(isStored ? [] : ["--storage.path="]),
      ...flags,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const lines: string[] = [];
  const reader = createInterface(child.stderr);
  reader.on("line", (line) => lines.push(line));
  const exited = once(child, "exit").then(([code, signal]) => ({ code, signal }) as never);

  async function logged(message: string): Promise<string> {
    const isIt = (line: string): boolean => line.includes(`"msg":"${message}`);
    for (;;) {
      const found = lines.find(isIt);
      if (found !== undefined) return found;
      if (child.exitCode !== null) throw new Error(`the relay has ended: ${lines.join("\n")}`);
      await Promise.race([once(reader, "line"), exited]);
    }
  }

  const { address } = JSON.parse(await logged("listening")) as { address: string };
  return {
    port: Number(address.split(":").at(-1)),
    async logged(message) {
      await logged(message);
    },
    signal: (name) => void child.kill(name),
    terminate: () => void child.kill("SIGTERM"),
    exited,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
