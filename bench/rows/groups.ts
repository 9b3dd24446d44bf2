import type { Context } from "../context.ts";
import type { Row } from "../table/row.ts";
import { measureCold } from "./cold.ts";
import { measureMemory } from "./memory.ts";
import { measureMixed } from "./mixed.ts";
import { measureRawScrape } from "./raw-scrape.ts";
import { measureStart } from "./start.ts";
import { measureStored } from "./stored.ts";
import { measureWarm } from "./warm.ts";

/** The rows of the table in its order. Each group starts its own servers, and can be measured alone. */
export const GROUPS = {
  warm: measureWarm,
  cold: measureCold,
  stored: measureStored,
  scrape: measureRawScrape,
  mixed: measureMixed,
  memory: measureMemory,
  start: measureStart,
} as const satisfies Record<string, (context: Context) => Promise<readonly Row[]>>;

export type Group = keyof typeof GROUPS;

export function isGroup(name: string): name is Group {
  return Object.hasOwn(GROUPS, name);
}
