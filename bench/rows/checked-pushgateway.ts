import type { Loaded } from "../context.ts";
import { loadEach, withCandidates } from "../http/measure.ts";
import type { Kind } from "../http/servers.ts";
import { pushgateway } from "../http/servers.ts";

export const CHECKED = "Pushgateway, check on";
/** It takes a second for each push, one after the other. */
export const CHECKED_CONNECTIONS = 2;

/** A Pushgateway that checks pushes, filled by one that does not: to fill it would take minutes. */
export function checkedPushgateway({ fleet, generator }: Loaded, connections: number, file: string): Kind {
  const unchecked = pushgateway(CHECKED, { check: false, file });
  const checked = pushgateway(CHECKED, { check: true, file });
  async function start(): ReturnType<Kind["start"]> {
    await withCandidates([unchecked], fleet.length, async ([filler], [missing]) => {
      if (filler === undefined) throw new Error(missing?.reason);
      await loadEach(generator, filler, connections);
    });
    return await checked.start();
  }
  return { ...checked, start };
}
