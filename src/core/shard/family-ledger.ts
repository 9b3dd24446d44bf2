import type { FamilyType } from "../exposition/parsed-body.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import type { FamilyReferences } from "../partition/state.ts";

/**
 * The families that a shard uses and the type that the coordinator has agreed to, so that a body with
 * a new layout and old families (a restarted task) asks nobody.
 */
export interface FamilyLedger extends FamilyReferences {
  /** The type that is agreed to; undefined where the coordinator has to be asked. */
  typeOf(name: string): FamilyType | undefined;
  /** Whether a single body uses the family, and none that waits for the coordinator will. */
  isUsedOnce(name: string): boolean;
  /** The coordinator has agreed to the type, be it in the place of another. */
  register(name: string, type: FamilyType): void;
  /** Only bodies that use these are there. */
  recount(uses: Iterable<Iterable<string>>): void;
  /** A question about these is on its way: what it settles must not be given back meanwhile. */
  pin(families: readonly LayoutFamily[]): void;
  unpin(families: readonly LayoutFamily[]): void;
  /** Their only user may be about to give these up: until the coordinator has spoken, what they are is open. */
  doubt(names: readonly string[]): void;
  trust(names: readonly string[]): void;
  /** The families that nothing uses any more, which are forgotten here. The coordinator is to be told. */
  takeReleased(): string[];
}

export function createFamilyLedger(): FamilyLedger {
  const families = new Map<string, { readonly type: FamilyType; uses: number }>();
  const pins = new Map<string, number>();
  const unused = new Set<string>();
  const doubted = new Set<string>();

  return {
    typeOf: (name) => (doubted.has(name) ? undefined : families.get(name)?.type),
    isUsedOnce: (name) => families.get(name)?.uses === 1 && !pins.has(name),
    register(name, type) {
      const { uses = 0 } = families.get(name) ?? {};
      families.set(name, { type, uses });
      if (uses === 0) unused.add(name);
    },
    acquire(names) {
      for (const name of names) {
        const family = families.get(name);
        if (family === undefined) throw new Error(`BUG: family ${name} is shown but was never agreed to`);
        family.uses += 1;
        unused.delete(name);
      }
    },
    release(names) {
      for (const name of names) {
        const family = families.get(name);
        if (family === undefined)
          throw new Error(`BUG: family ${name} is given back but was never agreed to`);
        family.uses -= 1;
        if (family.uses === 0) unused.add(name);
      }
    },
    recount(uses) {
      for (const [name, family] of families) {
        family.uses = 0;
        unused.add(name);
      }
      for (const names of uses) this.acquire(names);
    },
    pin(pinned) {
      for (const { name } of pinned) pins.set(name, (pins.get(name) ?? 0) + 1);
    },
    unpin(pinned) {
      for (const { name } of pinned) {
        const left = (pins.get(name) ?? 0) - 1;
        if (left > 0) pins.set(name, left);
        else pins.delete(name);
      }
    },
    doubt(names) {
      for (const name of names) doubted.add(name);
    },
    trust(names) {
      for (const name of names) doubted.delete(name);
    },
    takeReleased() {
      const released = [...unused].filter((name) => !pins.has(name));
      for (const name of released) {
        families.delete(name);
        unused.delete(name);
      }
      return released;
    },
  };
}
