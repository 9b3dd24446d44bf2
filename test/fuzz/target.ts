import type { Random } from "../support/random.ts";

/** Something that reads what strangers send. */
export interface Target {
  readonly name: string;
  /** The next input: nearly always something valid, changed here and there. */
  make(random: Random): Uint8Array;
  /** Throws where the input breaks a promise. An input that the target has no use for breaks none. */
  check(input: Uint8Array): void | Promise<void>;
  /** Lets go of what it has started. */
  close?(): Promise<void>;
}

/** Throws unless it is one line that a person can read: what a client of the target is answered. */
export function checkMessage(message: string): void {
  if (message === "" || message.includes("\n")) {
    throw new Error(`this is no message of one line: ${JSON.stringify(message)}`);
  }
}
