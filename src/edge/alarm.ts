import type { ObjectStorage } from "./object-state.ts";

/** The one alarm of an object. To set it costs a write, so an earlier one is left to ring in vain. */
export interface Alarm {
  wakeAt(this: void, wallMs: number): void;
  /** It has rung. */
  ring(this: void): void;
}

export function createAlarm(storage: Pick<ObjectStorage, "getAlarm" | "setAlarm">): Alarm {
  let setTo = Number.POSITIVE_INFINITY;
  /** What is set from the life before this one; nobody has to wait for that. */
  let isKnown = false;

  return {
    wakeAt(wallMs) {
      if (isKnown && setTo <= wallMs) return;
      isKnown = true;
      setTo = wallMs;
      void storage.setAlarm(wallMs);
    },
    ring() {
      isKnown = true;
      setTo = Number.POSITIVE_INFINITY;
    },
  };
}
