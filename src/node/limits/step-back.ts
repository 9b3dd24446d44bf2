/** Longer than that nobody steps back, and no more than so many do: each holds what its socket has buffered. */
const LONGEST_MS = 1_000;
const MOST_WAITING = 256;

/**
 * Who is refused steps back behind those who are taken. A refused body has to be read too, and ten times as many of
 * them would leave a tenth of the processor to those who were taken.
 */
export interface StepBack {
  /** A push is taken. */
  enter(): void;
  /** It is done, or has failed. */
  leave(): void;
  /** Settles when all pushes that were taken are done, or after a second. */
  wait(): Promise<void>;
}

export function createStepBack(): StepBack {
  let inside = 0;
  const waiting = new Set<() => void>();

  return {
    enter() {
      inside += 1;
    },
    leave() {
      inside -= 1;
      if (inside === 0) for (const go of waiting) go();
    },
    async wait() {
      if (inside === 0 || waiting.size >= MOST_WAITING) return;
      await new Promise<void>((resolve) => {
        const go = (): void => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        const timer = setTimeout(go, LONGEST_MS);
        waiting.add(go);
      });
    },
  };
}
