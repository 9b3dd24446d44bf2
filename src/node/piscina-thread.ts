import { Piscina } from "piscina";
import { threadFile } from "./thread-file.ts";
import type { ThreadData, ThreadTask } from "./thread-handler.ts";
import type { ThreadPool } from "./thread-pool.ts";

/** Three semi-spaces of 8 MB. With the 16 of V8 the threads of a fleet hold 90 MB more, and are no faster. */
const YOUNG_GENERATION_MEGABYTES = 24;

/** A pool of one thread. It is given up with it: piscina does not replace a thread that ends while it starts. */
export function startPiscinaThread(data: ThreadData, onDeath: (error: unknown) => void): ThreadPool {
  const pool = new Piscina<ThreadTask, unknown>({
    filename: threadFile("thread"),
    workerData: data,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES },
    // Without it even a pool of one thread takes tasks in another order.
    stricterFIFO: true,
  });
  // A thread that dies between two tasks fails none of them.
  pool.on("error", onDeath);
  pool.on("workerDestroy", () => onDeath(new Error("it has ended")));
  return {
    run: (task) => pool.run(task),
    close: () => pool.close(),
    async destroy() {
      // piscina tells of a death before it has struck the thread off: its end would be waited for again.
      await Promise.resolve();
      await pool.destroy();
    },
  };
}
