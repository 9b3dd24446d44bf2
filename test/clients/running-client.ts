import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Command } from "./toolchains.ts";

export interface Step {
  readonly verb: "push" | "add" | "delete";
  readonly what: "all" | "gauge";
  readonly job: string;
  /** In the order in which the client is given them. */
  readonly grouping: Readonly<Record<string, string>>;
}

export interface RunningClient extends AsyncDisposable {
  /** `ok`, or `failed` and what the library says. */
  take(step: Step): Promise<string>;
}

/** One of the programs that `README.md` describes. */
export function startClient([program, ...args]: Command, url: string, variant?: string): RunningClient {
  const child = spawn(program, [...args, url], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...(variant !== undefined && { CLIENT_VARIANT: variant }) },
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const exited = once(child, "exit");
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async take({ verb, what, job, grouping }) {
      child.stdin.write(`${[verb, what, job, ...Object.entries(grouping).flat()].join("\t")}\n`);
      const { done, value } = await answers.next();
      if (done === true) throw new Error(`the client has ended: ${complaints}`);
      return value;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
