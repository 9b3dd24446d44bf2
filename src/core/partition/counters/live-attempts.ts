import type { Source } from "../group.ts";
import { distinctSets } from "../layout.ts";

/** Which attempts the source pushes. It looks when it is first asked. */
export function createLiveAttempts({ counted }: Pick<Source, "counted">): (attemptId: string) => boolean {
  let live: Set<string | undefined> | undefined;
  return (attemptId) => {
    live ??= new Set(counted.flatMap(({ layout }) => distinctSets(layout)).map((set) => set.attemptId));
    return live.has(attemptId);
  };
}
