/**
 * Observed time, in milliseconds: it runs only while the relay is ready to take pushes. Neither our own
 * downtime nor a wall clock that jumps is the death of a fleet.
 */
export interface ObservedClock {
  nowMs(): number;
  run(): void;
  stop(): void;
}

/** `monotonicMs` never falls and knows nothing of the time of day. It goes on from `startMs`. */
export function createObservedClock(monotonicMs: () => number, startMs = 0): ObservedClock {
  let collectedMs = startMs;
  let runningSinceMs: number | undefined;
  return {
    nowMs: () => collectedMs + (runningSinceMs === undefined ? 0 : monotonicMs() - runningSinceMs),
    run() {
      runningSinceMs ??= monotonicMs();
    },
    stop() {
      collectedMs = this.nowMs();
      runningSinceMs = undefined;
    },
  };
}
