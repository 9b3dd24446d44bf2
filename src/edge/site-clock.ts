/**
 * What observed time is reckoned from, the same in all objects: it is the time since the site was created, less what
 * the site was away. Machines of the platform agree on the time to some milliseconds.
 */
export interface SiteClock {
  /** Unix time of the creation. */
  readonly epochMs: number;
  /** How long nothing ran that could have taken a push. */
  readonly awayMs: number;
}

export function observedAt({ epochMs, awayMs }: SiteClock, wallMs: number): number {
  return Math.max(0, wallMs - epochMs - awayMs);
}

/** Unix time at which that will be observed. */
export function wallTimeOf({ epochMs, awayMs }: SiteClock, observedMs: number): number {
  return epochMs + awayMs + observedMs;
}
