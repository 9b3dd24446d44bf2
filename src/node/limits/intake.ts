import type { IncomingMessage } from "node:http";
import type { GroupingKey } from "../../core/grouping-key.ts";
import { partitionOf } from "../../core/partition-of.ts";
import type { Received } from "../../http/relay.ts";
import type { BodyPool, PooledBody } from "../body-pool.ts";
import { createPoolShare } from "../body-pool.ts";
import { durationMs } from "../../platform/config/duration.ts";
import { receiveBody } from "../receive.ts";
import type { LimitConfig } from "./limit-config.ts";
import { createStepBack } from "./step-back.ts";

export interface IntakeDeps {
  readonly bounds: Pick<LimitConfig, "maxBodyBytes" | "maxWaitingBytes" | "maxWaitingMs">;
  readonly pool: BodyPool;
  readonly threads: readonly { waitedMs(): number }[];
  readonly partitions: number;
}

/** Where pushes come in. Whether there is room for one is decided before its body is read. */
export interface Intake {
  /** What is past a bound is left to `readToEnd`. */
  receive(request: IncomingMessage, key: GroupingKey): Promise<Received<PooledBody>>;
  /** The push with that body is done. */
  give(memory: SharedArrayBuffer): void;
}

/** One thread, and what it may hold of the pool. */
interface Line {
  readonly thread: { waitedMs(): number };
  readonly share: BodyPool;
}

export function createIntake({ bounds, pool, threads, partitions }: IntakeDeps): Intake {
  const { maxBodyBytes, maxWaitingBytes, maxWaitingMs } = bounds;
  const lines = threads.map((thread): Line => ({ thread, share: createPoolShare(pool, maxWaitingBytes) }));
  const stepBack = createStepBack();
  const owners = new Map<SharedArrayBuffer, BodyPool>();
  const message = `pushes wait longer than ${durationMs.render(maxWaitingMs)} for their thread (--limit.waiting-time): the next push will bring the same totals`;

  async function take(request: IncomingMessage, { thread, share }: Line): Promise<Received<PooledBody>> {
    if (thread.waitedMs() > maxWaitingMs) return { ok: false, code: "overloaded", message };
    stepBack.enter();
    const received = await receiveBody(request, share, maxBodyBytes);
    if (!received.ok) stepBack.leave();
    return received;
  }

  return {
    async receive(request, key) {
      const line = lines[partitionOf(key.canonical, partitions) % lines.length];
      if (line === undefined) throw new Error("BUG: there are no threads");
      const received = await take(request, line);
      if (received.ok) owners.set(received.body.memory, line.share);
      else if (received.code === "overloaded") await stepBack.wait();
      return received;
    },
    give(memory) {
      owners.get(memory)?.give(memory);
      owners.delete(memory);
      stepBack.leave();
    },
  };
}
