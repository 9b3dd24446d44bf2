import { Worker } from "node:worker_threads";

/** The longest input that is written down when it hangs. */
const MAX_BYTES = 2 ** 20;
const HANGS_AFTER_MS = 30_000;

/** Ends the process when one input takes for ever, and leaves the input in a file: nothing else can interrupt a loop. */
export interface Watchdog extends Disposable {
  /** What is tried next. */
  note(input: Uint8Array): void;
}

const PROGRAM = `
const { workerData: { shared, name, limitMs } } = require("node:worker_threads");
const head = new Int32Array(shared, 0, 2);
let seen = -1;
setInterval(() => {
  const count = Atomics.load(head, 0);
  if (count !== seen) { seen = count; return; }
  const file = "fuzz-hang-" + name + ".bin";
  require("node:fs").writeFileSync(file, Buffer.from(shared, 8, Atomics.load(head, 1)));
  require("node:fs").writeSync(2, name + ": an input hangs, see " + file + "\\n");
  process.kill(process.pid, "SIGKILL");
}, limitMs);
`;

export function startWatchdog(name: string): Watchdog {
  const shared = new SharedArrayBuffer(8 + MAX_BYTES);
  const head = new Int32Array(shared, 0, 2);
  const room = Buffer.from(shared, 8);
  const worker = new Worker(PROGRAM, { eval: true, workerData: { shared, name, limitMs: HANGS_AFTER_MS } });
  worker.unref();
  return {
    note(input) {
      // Not `room.set`: into shared memory V8 copies byte by byte.
      Atomics.store(head, 1, Buffer.from(input.buffer, input.byteOffset, input.length).copy(room));
      Atomics.add(head, 0, 1);
    },
    [Symbol.dispose]: () => void worker.terminate(),
  };
}
