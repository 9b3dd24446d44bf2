import { setImmediate as nextTurn } from "node:timers/promises";

/** A view of a million series would keep pushes from the event loop for 30 ms, and what is written for longer. */
const LONGEST_TURN_MS = 2;

/** Lets everybody else have a turn of the event loop, if the last was long enough ago. To be called between any two steps. */
export type GiveTurn = () => Promise<void>;

export function createTurns(): GiveTurn {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < LONGEST_TURN_MS) return;
    await nextTurn();
    sinceMs = performance.now();
  };
}

/** Takes the steps of something that may be interrupted between any two of them. */
export async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  const giveTurn = createTurns();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await giveTurn();
  }
}
