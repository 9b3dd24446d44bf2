import { createHash } from "node:crypto";

/** What is known of a body with which a thread has died. */
export interface Suspicion {
  readonly hash: string;
  readonly deaths: number;
}

/**
 * Bodies that were under way when their thread died. Which of them was it nobody knows, so each is tried again, alone;
 * one with which a thread has died twice is not.
 */
export interface DeadlyBodies {
  noteDeath(bodies: readonly Uint8Array[]): void;
  /** Undefined for a body that is above suspicion. */
  suspicionOf(body: Uint8Array): Suspicion | undefined;
  /** It was worked off. */
  acquit(hash: string): void;
}

export const DEADLY_AFTER = 2;
/** Clients push other bodies by then, and what was wrong may have been the memory of the machine. */
const FORGOTTEN_AFTER_MS = 3_600_000;
const MOST_KNOWN = 1_000;

export function createDeadlyBodies(nowMs: () => number = () => performance.now()): DeadlyBodies {
  /** By hash, the oldest first. */
  const known = new Map<string, { deaths: number; readonly sinceMs: number }>();

  return {
    noteDeath(bodies) {
      for (const hash of new Set(bodies.map(hashOf))) {
        const { deaths, sinceMs } = known.get(hash) ?? { deaths: 0, sinceMs: nowMs() };
        known.set(hash, { deaths: deaths + 1, sinceMs });
      }
      for (const hash of known.keys()) {
        if (known.size <= MOST_KNOWN) break;
        known.delete(hash);
      }
    },
    suspicionOf(body) {
      for (const [hash, { sinceMs }] of known) {
        if (sinceMs + FORGOTTEN_AFTER_MS <= nowMs()) known.delete(hash);
      }
      // Of nearly every relay, at nearly every time: nothing has to be hashed.
      if (known.size === 0) return undefined;
      const hash = hashOf(body);
      const deaths = known.get(hash)?.deaths;
      return deaths === undefined ? undefined : { hash, deaths };
    },
    acquit: (hash) => void known.delete(hash),
  };
}

function hashOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
