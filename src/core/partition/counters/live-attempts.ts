import { labelValue } from "../../exposition/label-block.ts";
import type { Source } from "../group.ts";

/** Which attempts the source pushes. It looks when it is first asked. */
export function createLiveAttempts({ counted }: Pick<Source, "counted">): (attemptId: string) => boolean {
  let live: Set<string | undefined> | undefined;
  return (attemptId) => {
    live ??= new Set(
      [...new Set(counted.flatMap(({ layout }) => layout.sets))].map(({ labels }) =>
        labelValue(labels, "task_attempt_id"),
      ),
    );
    return live.has(attemptId);
  };
}
