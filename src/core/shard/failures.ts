import type { Refusal } from "../partition/commands.ts";

/** For pushes that were read before a bug in another one, and not applied. */
export const TAKEN_BACK: Refusal = {
  code: "restarting",
  message: "a bug in another push has put the partition back: the next push will bring the same totals",
};

/** A bug of ours in one push must not cost the others of the batch their replies. */
export function internal(error: unknown): Refusal {
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}

/** For the log. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Why the store takes nothing. */
export function outageOf(error: unknown): string {
  return `nothing can be stored (${error instanceof Error ? error.message : String(error)})`;
}
