import { createRandom } from "../support/random.ts";
import { shrink } from "./shrink.ts";
import type { Target } from "./target.ts";
import { startWatchdog } from "./watchdog.ts";

/** Of processor time, so that a busy machine is none of its business. The longest inputs are some hundred KB. */
const LONGEST_MS = 2_000;

export interface Campaign {
  readonly inputs: number;
  /** The most processor time of this thread that one input took. */
  readonly slowestMs: number;
  readonly failure: Failure | undefined;
}

interface Failure {
  readonly message: string;
  /** As small as it was found to fail. */
  readonly input: Uint8Array;
}

/** Makes inputs for a target until `isOver`, or one fails. The same seed makes the same inputs. */
export async function fuzzTarget(
  target: Target,
  seed: number,
  isOver: (inputs: number) => boolean,
): Promise<Campaign> {
  using watchdog = startWatchdog(target.name);
  let inputs = 0;
  let slowestMs = 0;
  for (; !isOver(inputs); inputs += 1) {
    const input = target.make(createRandom(seed, inputs));
    watchdog.note(input);
    const { error, ms } = await attempt(target, input);
    slowestMs = Math.max(slowestMs, ms);
    const isSlow = ms > LONGEST_MS && (await attempt(target, input)).ms > LONGEST_MS;
    if (error === undefined && !isSlow) continue;
    const what = error === undefined ? `it takes ${Math.round(ms)} ms` : String(error.stack);
    const smallest =
      error === undefined
        ? input
        : await shrink(input, async (some) => {
            watchdog.note(some);
            return await failsAs(target, some, error);
          });
    const message = `${target.name}, seed ${seed}, input ${inputs}: ${what}`;
    return { inputs, slowestMs, failure: { message, input: smallest } };
  }
  return { inputs, slowestMs, failure: undefined };
}

async function attempt(
  target: Target,
  input: Uint8Array,
): Promise<{ readonly error: Error | undefined; readonly ms: number }> {
  const before = process.threadCpuUsage();
  let error: Error | undefined;
  try {
    const checked = target.check(input);
    if (checked !== undefined) await checked;
  } catch (thrown) {
    error = thrown instanceof Error ? thrown : new Error(String(thrown));
  }
  const { user, system } = process.threadCpuUsage(before);
  return { error, ms: (user + system) / 1_000 };
}

/** What is quoted in a message may change while an input shrinks; where it was thrown may not. */
async function failsAs(target: Target, input: Uint8Array, before: Error): Promise<boolean> {
  const { error } = await attempt(target, input);
  return error !== undefined && placeOf(error) === placeOf(before);
}

function placeOf({ stack = "" }: Error): string {
  return /^ +at .*$/m.exec(stack)?.[0] ?? "";
}
