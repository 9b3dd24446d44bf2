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
  // Blocks of one body have the same labels nearly always, and these two at the same places.
  let tmIdAt = 0;
  let hostAt = 0;
  for (const labels of flinkLabels) {
    if (labels[tmIdAt] !== "tm_id") tmIdAt = placeOf(labels, "tm_id");
    if (labels[hostAt] !== "host") hostAt = placeOf(labels, "host");
    const tmId = labels[tmIdAt + 1];
    const host = labels[hostAt + 1];
    if (tmId) tmIds.add(tmId);
    if (host) hosts.add(host);
  }
  const [tmId] = tmIds;
  const [host] = hosts;
  if (tmIds.size === 1) return { kind: "taskmanager", id: `tm_id=${tmId}` };
  if (tmIds.size === 0 && hosts.size === 1) return { kind: "jobmanager", id: `host=${host}` };
  return undefined;
}

/** Past the end where there is none of that name. */
function placeOf(labels: Labels, name: string): number {
  let at = 0;
  while (at < labels.length && labels[at] !== name) at += 2;
  return at;
}
