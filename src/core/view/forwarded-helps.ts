import { isForwarded } from "../forwarding/relay-label.ts";
import type { PartitionState } from "../partition/state.ts";

/** HELP of what other relays have forwarded, which the coordinator does not know; undefined where there is none. */
export function forwardedHelps({ groups }: PartitionState): ReadonlyMap<string, string> | undefined {
  let helps: Map<string, string> | undefined;
  for (const { key, shown } of groups.values()) {
    if (!isForwarded(key.labels)) continue;
    for (const { snapshot } of shown) {
      for (const { name, help } of snapshot.layout.families) {
        if (help !== undefined) (helps ??= new Map()).set(name, help);
      }
    }
  }
  return helps;
}
