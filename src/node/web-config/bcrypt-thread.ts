import { extname } from "node:path";
import { Piscina } from "piscina";
import type { VerifyPassword } from "./passwords.ts";

/** The built package has no TypeScript: the thread's file ends as this one does. */
const THREAD_FILE = new URL(`../../../workers/password${extname(import.meta.url)}`, import.meta.url);
const IDLE_MS = 10_000;

export interface BcryptThread {
  readonly verify: VerifyPassword;
  close(): Promise<void>;
}

/** One thread, started when it is needed: bcrypt is slow by design, and pushes must not wait for it. */
export function createBcryptThread(): BcryptThread {
  const pool = new Piscina<PasswordTask, boolean>({
    filename: THREAD_FILE.href,
    minThreads: 0,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    idleTimeout: IDLE_MS,
  });
  return {
    verify: async (password, hash) => await pool.run({ password, hash }),
    close: async () => await pool.destroy(),
  };
}

export interface PasswordTask {
  readonly password: string;
  readonly hash: string;
}
