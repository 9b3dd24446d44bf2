import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { firstFreePort } from "../../../src/node/cli/free-port.ts";

const ROOT = join(import.meta.dirname, "../../..");
/** Installed by `npm run edge:install`. */
const WRANGLER = join(ROOT, "test/edge/workerd/node_modules/wrangler/bin/wrangler.js");

export interface LocalSite extends AsyncDisposable {
  readonly port: number;
  /** As a crash of the machine would end it: all of its processes at once. */
  kill(): Promise<void>;
}

/** A site under `wrangler dev`, as `npm run edge` starts it: in workerd, with what a real one forbids. `variables` are `name:value`. */
export async function startLocalSite(
  stateFolder: string,
  givenPort?: number,
  variables: readonly string[] = [],
): Promise<LocalSite> {
  if (!existsSync(WRANGLER)) throw new Error("wrangler is not installed: npm run edge:install");
  const port = givenPort ?? (await firstFreePort("127.0.0.1", 18_100 + (process.pid % 1_000)));
  const child = spawn(
    process.execPath,
    [
      WRANGLER,
      "dev",
      "--ip=127.0.0.1",
      `--port=${port}`,
      "--inspector-port=0",
      ...["SLUICE_OPEN:true", ...variables].map((variable) => `--var=${variable}`),
      `--persist-to=${stateFolder}`,
      "--show-interactive-dev-session=false",
    ],
    {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, which is killed as one.
      detached: true,
      env: {
        ...process.env,
        CI: "1",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_LOG_PATH: join(stateFolder, "logs"),
      },
    },
  );
  const lines: string[] = [];
  const exited = once(child, "exit");
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      if (line.includes("Ready on")) ready.resolve();
    });
  }
  void exited.then(() => ready.reject(new Error(`wrangler has ended: ${lines.join("\n")}`)));
  await ready.promise;

  async function kill(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, "SIGKILL");
    await exited;
  }
  return { port, kill, [Symbol.asyncDispose]: kill };
}
