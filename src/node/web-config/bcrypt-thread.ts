import { Piscina } from "piscina";
import { threadFile } from "../thread-file.ts";
import type { VerifyPassword } from "./passwords.ts";

const IDLE_MS = 10_000;

export interface BcryptThread {
  readonly verify: VerifyPassword;
  close(): Promise<void>;
}

/** One thread, started when it is needed: bcrypt is slow by design, and pushes must not wait for it. */
export function createBcryptThread(): BcryptThread {
  const pool = new Piscina<PasswordTask, boolean>({
    filename: threadFile("password"),
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
