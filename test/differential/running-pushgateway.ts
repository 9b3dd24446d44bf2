import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { firstFreePort } from "../../src/node/cli/free-port.ts";
import { debianPrograms } from "../support/debian-package.ts";

export interface RunningPushgateway extends AsyncDisposable {
  readonly port: number;
  /** Begins anew, with nothing in it. */
  restart(): Promise<void>;
}

/** The real one, of Debian's package, with the admin API and nothing on a disk. */
export async function startPushgateway(): Promise<RunningPushgateway> {
  const folder = await programFolder();
  const program = join(folder, "prometheus-pushgateway");
  const port = await firstFreePort("127.0.0.1", 19_091);
  let running = await startProcess(program, port);
  return {
    port,
    async restart() {
      await running[Symbol.asyncDispose]();
      running = await startProcess(program, port);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

async function startProcess(program: string, port: number): Promise<AsyncDisposable> {
  const child = spawn(
    program,
    [`--web.listen-address=127.0.0.1:${port}`, "--persistence.file=", "--web.enable-admin-api"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  const log = createInterface(child.stderr);
  await new Promise<void>((resolve, reject) => {
    log.on("line", (line) => {
      if (line.includes("Listening on")) resolve();
    });
    child.once("exit", () => reject(new Error("the Pushgateway has ended")));
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Why there is none to be had here. */
export async function missingPushgateway(): Promise<string | undefined> {
  try {
    await programFolder();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function programFolder(): Promise<string> {
  return await debianPrograms("prometheus-pushgateway", "prometheus-pushgateway");
}
