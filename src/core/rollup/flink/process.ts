import { labelValue } from "../../exposition/label-block.ts";
import type { Labels } from "../../exposition/label-block.ts";

/** The Flink process that wrote a body. Ids are unique over both kinds, within one grouping key. */
export interface FlinkProcess {
  readonly kind: "taskmanager" | "jobmanager";
  readonly id: string;
}

/**
 * Who wrote a body, from the labels of its Flink families.
 *
 * Two processes that push to one grouping key (no random suffix: Flink's commonest misconfiguration)
 * replace each other's series with every push, and only these labels tell them apart. There is no process
 * where they name several, as in an embedded cluster with one registry, or none: then the key is the source.
 */
export function flinkProcess(flinkLabels: Iterable<Labels>): FlinkProcess | undefined {
  const tmIds = new Set<string>();
  const hosts = new Set<string>();
  for (const labels of flinkLabels) {
    const tmId = labelValue(labels, "tm_id");
    const host = labelValue(labels, "host");
    if (tmId) tmIds.add(tmId);
    if (host) hosts.add(host);
  }
  const [tmId] = tmIds;
  const [host] = hosts;
  if (tmIds.size === 1) return { kind: "taskmanager", id: `tm_id=${tmId}` };
  if (tmIds.size === 0 && hosts.size === 1) return { kind: "jobmanager", id: `host=${host}` };
  return undefined;
}
