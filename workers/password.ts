import { compareSync } from "bcryptjs";
import type { PasswordTask } from "../src/node/web-config/bcrypt-thread.ts";

/** What the thread that checks passwords runs. */
export default function verifyPassword({ password, hash }: PasswordTask): boolean {
  return compareSync(password, hash);
}
