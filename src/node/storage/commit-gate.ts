/**
 * Lets the threads of a process commit in turn. SQLite alone would let them wait in sleeps of up to 100 ms
 * (measured: two threads of 16 pushes each, the longest wait 930 ms); here who commits wakes one who waits. It is
 * a hint only, and SQLite's own lock is what holds: a thread that dies in between blocks nobody.
 */
export interface CommitGate {
  /** To be read before the attempt. */
  turn(): number;
  /** Waits until somebody has committed since `turn`, or for a moment. */
  wait(turn: number): void;
  pass(): void;
}

const MOMENT_MS = 20;

export function newGateMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

export function createCommitGate(memory: SharedArrayBuffer): CommitGate {
  const turns = new Int32Array(memory);
  return {
    turn: () => Atomics.load(turns, 0),
    wait: (turn) => void Atomics.wait(turns, 0, turn, MOMENT_MS),
    pass() {
      Atomics.add(turns, 0, 1);
      Atomics.notify(turns, 0, 1);
    },
  };
}
