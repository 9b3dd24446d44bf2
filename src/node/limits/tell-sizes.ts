import { createSizesByShard } from "../../core/coordinator/sizes-by-shard.ts";
import type { JobSize } from "../../core/partition/job-sizes.ts";
import type { ShardThread } from "../shard-thread.ts";

/** Tells each thread how much the others hold. */
export interface SizeNews {
  /** The thread holds that much of these jobs now. */
  note(thread: number, sizes: readonly JobSize[]): void;
  /** The thread has loaded that, and holds nothing else. */
  adopt(thread: number, sizes: readonly JobSize[]): void;
  /** The thread has been started again, and has heard nothing. */
  tellAll(thread: number): void;
}

export function createSizeNews(threads: readonly Pick<ShardThread, "answer">[]): SizeNews {
  const known = createSizesByShard();

  function tell(jobs: readonly string[], holder: number): void {
    if (jobs.length === 0) return;
    for (const [i, other] of threads.entries()) {
      if (i !== holder) other.answer({ kind: "elsewhere", sizes: known.elsewhere(i, jobs) });
    }
  }

  return {
    note(thread, sizes) {
      known.note(thread, sizes);
      tell(
        sizes.map(({ job }) => job),
        thread,
      );
    },
    adopt: (thread, sizes) => tell(known.adopt(thread, sizes), thread),
    tellAll: (thread) => threads[thread]?.answer({ kind: "elsewhere", sizes: known.elsewhere(thread) }),
  };
}
