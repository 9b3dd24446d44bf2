/** What a relay that forwards knows of where its numbers go: one that sends them back to it must not be believed. */
export interface Downstream {
  /** The relay itself, and after it those that what it forwards reaches one by one. */
  relays(): readonly string[];
  /** What the receiver has answered of the same; nothing where it takes no forward, or forwards nothing itself. */
  note(answered: readonly string[]): void;
  /** Why nothing is taken from that relay; undefined where it is. */
  refuse(relay: string): string | undefined;
}

/** A longer chain is a loop that nobody has noticed. */
const LONGEST = 32;

export function createDownstream(own: string): Downstream {
  let beyond: readonly string[] = [];
  return {
    relays: () => [own, ...beyond],
    note(answered) {
      const back = answered.indexOf(own);
      // What comes after that is refused here.
      beyond = answered.slice(0, back === -1 ? LONGEST : back);
    },
    refuse(relay) {
      if (relay === own) {
        return `this relay is ${own} itself: let --forward.url name another, or give each relay a --forward.id of its own`;
      }
      return beyond.includes(relay)
        ? `what this relay (${own}) forwards reaches ${relay}, so its counters would go round: unset --forward.url of one of them`
        : undefined;
    },
  };
}
