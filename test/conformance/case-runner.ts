import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/node/config/read-config.ts";
import { startChildRelay } from "../node/server/child-relay.ts";
import { startRelay } from "../node/server/running-relay.ts";
import type { Case, Step } from "./cases.ts";
import { checkAnswer } from "./check-answer.ts";
import { sendRaw } from "./raw-request.ts";

/** What a case knows of the relay that it is run on. */
interface Served extends AsyncDisposable {
  readonly port: number;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<{ readonly code: number | null }>;
}

export interface CaseRunner extends AsyncDisposable {
  /** The result is what went otherwise than expected. */
  run(each: Pick<Case, "flags" | "steps">): Promise<string[]>;
}

/**
 * Runs cases over a real socket. Those without flags share a relay that is wiped before each. One that is to end or
 * to start again has a process of its own.
 */
export function createCaseRunner(view: string): CaseRunner {
  let shared: Promise<Served> | undefined;

  async function serveFor(
    { flags, steps }: Pick<Case, "flags" | "steps">,
    given: readonly string[],
  ): Promise<Served> {
    if (steps.some(endsProcess)) return await startChildRelay(...given);
    if (flags !== undefined || steps.some(readsCounts)) return await startInProcess(given);
    const relay = await (shared ??= startInProcess([...given, "--web.enable-admin-api"]));
    await sendRaw(relay.port, { method: "PUT", path: "/api/v1/admin/wipe" });
    return { ...relay, [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  return {
    async run(each) {
      const folder = await mkdtemp(join(tmpdir(), "sluice-conformance-"));
      const flags = [`--view=${view}`, "--threads=1", ...(each.flags ?? [])];
      const given = flags.map((flag) => flag.replaceAll("$TMP", folder));
      let relay = await serveFor(each, given);
      const problems: string[] = [];
      try {
        for (const [i, step] of each.steps.entries()) {
          if ("restart" in step) {
            relay.signal(step.restart);
            await relay.exited;
            relay = await serveFor(each, given);
          } else {
            problems.push(...(await take(step, relay, folder)).map((problem) => `step ${i + 1}: ${problem}`));
          }
        }
      } finally {
        await relay[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      }
      return problems;
    },
    async [Symbol.asyncDispose]() {
      await (await shared)?.[Symbol.asyncDispose]();
    },
  };
}

function endsProcess(step: Step): boolean {
  return "restart" in step || ("expect" in step && "process_exit" in step.expect);
}

/** What the relay counts of itself is not wiped. */
function readsCounts(step: Step): boolean {
  return "expect" in step && step.expect.series?.some((line) => line.includes("_total")) === true;
}

async function take(
  step: Exclude<Step, { restart: unknown }>,
  relay: Served,
  folder: string,
): Promise<string[]> {
  if ("wait_ms" in step) return [];
  if ("write_file" in step) {
    await writeFile(step.write_file.path.replaceAll("$TMP", folder), step.write_file.content);
    return [];
  }
  const problems = checkAnswer(await sendRaw(relay.port, step.request), step.expect);
  const { process_exit } = step.expect;
  if (process_exit === undefined) return problems;
  const { code } = await relay.exited;
  return code === process_exit ? problems : [...problems, `exit code ${code}, expected ${process_exit}`];
}

async function startInProcess(flags: readonly string[]): Promise<Served> {
  const read = readConfig(["--web.listen-address=127.0.0.1:0", ...flags]);
  if (read.kind !== "config") throw new Error(`no configuration: ${JSON.stringify(read)}`);
  // What is to be there after a restart is run in a process of its own.
  const relay = await startRelay({ ...read.config, storageFolder: "" });
  return {
    port: relay.port,
    signal: refuseToEnd,
    exited: Promise.resolve({ code: null }),
    [Symbol.asyncDispose]: () => relay.stop(),
  };
}

function refuseToEnd(): never {
  throw new Error("BUG: a relay in this process is not to end");
}
