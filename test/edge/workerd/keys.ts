import type { GroupingKey } from "../../../src/core/grouping-key.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";

/** The grouping key of a path of a push. */
export function keyOf(path: string): GroupingKey {
  const parsed = parseGroupingKey(path.slice("/metrics".length));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.key;
}
