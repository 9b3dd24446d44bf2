import type { GroupingKey } from "../core/grouping-key.ts";
import type { GroupSummary } from "../core/view/group-summary.ts";
import type { GroupAccess } from "../platform/group-access.ts";
import { createGroupAccess } from "../platform/group-access.ts";
import type { ShardThread } from "./shard-thread.ts";

export interface ThreadGroupDeps {
  readonly threads: readonly ShardThread[];
  threadOf(this: void, partition: number): ShardThread;
  /** Tells every thread something; no view shows half of it. */
  change(this: void, tell: (thread: ShardThread) => Promise<unknown>): Promise<unknown>;
  now(this: void): { observedMs: number; wallMs: number };
}

/** The groups of all threads. */
export function createThreadGroups({ threads, threadOf, change, now }: ThreadGroupDeps): GroupAccess {
  return createGroupAccess({
    async all() {
      const { observedMs } = now();
      const ask = (thread: ShardThread): Promise<GroupSummary[]> =>
        thread.ask({ kind: "groups", observedMs });
      return (await Promise.all(threads.map(ask))).flat();
    },
    texts: (groups) =>
      threadOf(groups[0]?.partition ?? 0).ask({
        kind: "group-texts",
        groups: groups.map(({ partition, canonicalKey }) => ({ partition, canonicalKey })),
      }),
    shardOf: threadOf,
    delete(partition, keys) {
      const remove = (key: GroupingKey): Promise<unknown> =>
        threadOf(partition).submit({
          kind: "command",
          partition,
          command: { kind: "delete", key, ...now() },
        });
      return Promise.all(keys.map(remove));
    },
    wipe() {
      const command = { kind: "wipe", ...now() } as const;
      return change((thread) => thread.submit({ kind: "command", partition: undefined, command }));
    },
  });
}
