import type { Event, PushEvent } from "./history.ts";

/**
 * What a counter of a fleet ought to be, computed from all that was delivered, after the fact. It is simple
 * because it is told what the relay can only infer: which life of which counter each number belongs to.
 * Shares nothing with the relay, on purpose.
 */
export interface Truth {
  /** The increases that the relay could see: of a life that began before the source was first heard of, those after. */
  readonly seen: number;
  /** All that the lives which it heard of have counted. */
  readonly counted: number;
}

export function truthOf(events: readonly Event[], metric: string): Truth {
  const pushes = events.filter((event) => event.do === "push");
  const heardAt = new Map<string, number>();
  for (const push of pushes) {
    if (!heardAt.has(sourceOf(push))) heardAt.set(sourceOf(push), push.madeAt);
  }
  const lives = new Map<string, { most: number; least: number; isOld: boolean }>();
  for (const push of pushes) {
    for (const { metric: name, life, bornAt, value } of push.counts) {
      if (name !== metric) continue;
      const known = lives.get(life);
      const isOld = bornAt <= (heardAt.get(sourceOf(push)) ?? 0);
      if (known === undefined) lives.set(life, { most: value, least: value, isOld });
      else {
        known.most = Math.max(known.most, value);
        known.least = Math.min(known.least, value);
      }
    }
  }
  const all = [...lives.values()];
  return {
    seen: sum(all.map(({ most, least, isOld }) => (isOld ? most - least : most))),
    counted: sum(all.map(({ most }) => most)),
  };
}

function sourceOf({ path, tm }: PushEvent): string {
  return `${path} ${tm}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
