import type { PartitionPort, SiteContext, ViewRequest } from "./ports.ts";
import type { ReceivedView } from "./sent-view.ts";
import { receiveView } from "./sent-view.ts";
import { someAtATime } from "./some-at-a-time.ts";

export interface GatherDeps<Context> {
  readonly partitions: number;
  context(this: void): Promise<Context>;
  partition(this: void, number: number): PartitionPort;
}

type LeastContext = Pick<SiteContext, "version" | "observedMs">;

/** What some partitions add to one view. */
export interface Gathering<Context> {
  /** In the order of their numbers. Rejects where one does not answer by then: half of the truth makes every rate wrong. */
  gather(
    this: void,
    untilMs: number,
  ): Promise<{ readonly context: Context; readonly views: readonly ReceivedView[] }>;
  /** Lets go of what has not been read. */
  finish(this: void): void;
}

/** Asks the objects side by side. */
export function gatherViews<Context extends LeastContext>(
  deps: GatherDeps<Context>,
  numbers: readonly number[],
  request: Omit<ViewRequest, "observedMs">,
): Gathering<Context> {
  const opened = new Set<ReceivedView>();
  let isOver = false;
  let headBytes = 0;

  function admit(bytes: number): void {
    headBytes += bytes;
    if (headBytes > MOST_HEAD_BYTES) throw new TooLarge();
  }

  async function askOne(partition: number, observedMs: number): Promise<ReceivedView> {
    const place = { partition, partitions: deps.partitions };
    try {
      const sent = await deps.partition(partition).view(place, { ...request, observedMs });
      const received = await receiveView(sent, admit);
      opened.add(received);
      if (isOver) received.close();
      return received;
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`partition ${partition} does not answer (${reason})`, { cause: error });
    }
  }

  /** Parts that were made before and after a change make no view. */
  async function gatherAll(): ReturnType<Gathering<Context>["gather"]> {
    for (;;) {
      const { observedMs, version } = await deps.context();
      const views = await someAtATime(numbers, AT_A_TIME, (number) => askOne(number, observedMs));
      const context = await deps.context();
      if (context.version === version) return { context: { ...context, observedMs }, views };
      for (const received of views) received.close();
      headBytes = 0;
    }
  }

  return {
    gather: (untilMs) => within(untilMs - Date.now(), gatherAll()),
    finish() {
      isOver = true;
      for (const received of opened) received.close();
    },
  };
}

/** Each makes its part in memory, and all may do that in one isolate. */
const AT_A_TIME = 4;

/** What of a view is merged must be there all at once, and takes some times as much when it is unpacked. */
const MOST_HEAD_BYTES = 16 * 2 ** 20;

class TooLarge extends Error {
  constructor() {
    super(
      "the view has more than 16 MiB of merged series and kept groups, too much for one isolate: ask for less by name[], match[] or job, or scrape partitions by themselves (?partition=0)",
    );
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise: timeUp, reject } = Promise.withResolvers<never>();
  const seconds = Math.round(ms / 100) / 10;
  const timer = setTimeout(
    () => reject(new Error(`not all partitions have answered within ${seconds} s`)),
    ms,
  );
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
