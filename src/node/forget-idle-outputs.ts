import type { BoundarySets } from "../core/coordinator/boundary-sets.ts";
import type { ShardThread } from "./shard-thread.ts";

const FORGET_AFTER_MS = 24 * 3_600_000;

/** Lets go of the counters that nothing has fed for a day, in any thread. */
export async function forgetIdleOutputs(
  threads: readonly ShardThread[],
  boundarySets: BoundarySets,
  now: () => { readonly observedMs: number; readonly wallMs: number },
): Promise<void> {
  const beforeMs = now().observedMs - FORGET_AFTER_MS;
  const idle = await Promise.all(
    threads.map((thread) => thread.ask<string[]>({ kind: "idle-outputs", beforeMs })),
  );
  const ids = [...new Set([...idle.flat(), ...boundarySets.idleSince(beforeMs)])];
  if (ids.length === 0) return;
  const busy = await Promise.all(
    threads.map((thread) => thread.ask<string[]>({ kind: "busy-outputs", ids, beforeMs })),
  );
  const kept = new Set(busy.flat());
  const outputs = ids.filter((id) => !kept.has(id));
  boundarySets.forget(outputs, beforeMs);
  await Promise.all(
    threads.map((thread) => {
      const command = { kind: "forget", outputs, ...now() } as const;
      return thread.submit({ kind: "command", partition: undefined, command });
    }),
  );
}
