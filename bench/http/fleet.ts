import { assembleBody } from "./assemble-body.ts";
import type { AssembledBody } from "./assemble-body.ts";
import { readTemplate } from "./flink-template.ts";
import type { TemplateLine } from "./flink-template.ts";
import { multiplyTasks, reordered, withAttempt, withIds } from "./template-lines.ts";

export interface FleetOptions {
  readonly sources: number;
  /** How many bodies of each source take turns. They differ in their values, which rise from one to the next. */
  readonly versions?: number;
  /** Each push is that of a restarted job: another order of families and samples, and attempts never seen before. */
  readonly restarts?: boolean;
}

/** A TaskManager that pushes, with one of its bodies. */
export interface FleetSource {
  readonly path: string;
  readonly tmId: string;
  readonly series: number;
  /** Of the numbers 0 to `versions` - 1. */
  readonly version: number;
  readonly versions: number;
  /** Made anew each time: the bodies of a thousand sources are better not held twice. */
  body(this: void): AssembledBody;
}

/**
 * Some TaskManagers of one Flink cluster, which share one job between them. All sources stand in their first
 * version, then all in their second: with a number of connections that divides that of the sources, the pushes
 * of a source keep their order.
 */
export async function createFleet(options: FleetOptions): Promise<readonly FleetSource[]> {
  const template = await readTemplate();
  const { sources, versions = 1 } = options;
  const series = multiplyTasks(template, 0).filter(({ value }) => value !== undefined).length;
  return Array.from({ length: sources * versions }, (_, i) => ({
    ...createSource(template, options, i % sources, Math.floor(i / sources)),
    series,
  }));
}

function createSource(
  template: readonly TemplateLine[],
  { versions = 1, restarts = false }: FleetOptions,
  number: number,
  version: number,
): Omit<FleetSource, "series"> {
  const tmId = `flink_session_cluster_taskmanager_1_${pad(number, 4)}`;
  const host = `10_42_${pad(number, 4)}_17`;
  const path = `/metrics/job/flink${pad(number, 32)}/cluster/bench/env/test`;

  function body(): AssembledBody {
    const lines = withIds(multiplyTasks(template, number), { tmId, host });
    const started = restarts ? withAttempt(reordered(lines, number * versions + version), version) : lines;
    return assembleBody(started, { version, versions, restarts });
  }
  return { path, tmId, version, versions, body };
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, "0");
}
