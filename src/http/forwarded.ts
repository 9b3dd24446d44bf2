import type { Labels } from "../core/exposition/label-block.ts";
import { labelValue } from "../core/exposition/label-block.ts";
import { RELAY_LABEL } from "../core/forwarding/relay-label.ts";

/**
 * Where an answer to a forward says which relay gives it, and which ones what that forwards reaches, with commas
 * between. A relay that forwards nothing does not say it.
 */
export const RELAYS_HEADER = "Sluice-Relays";

/** What a relay that forwards says to one that forwards to it. */
export interface Admission {
  /** The relay itself and those that what it forwards reaches. */
  readonly relays: readonly string[];
  /** Why nothing is taken; undefined where it is. */
  readonly refusal: string | undefined;
}

/** The relay that has sent a push; undefined where a client has. */
export function senderOf(grouping: Labels): string | undefined {
  const [sender = ""] = (labelValue(grouping, RELAY_LABEL) ?? "").split("/", 1);
  return sender === "" ? undefined : sender;
}
