import type { Labels } from "../exposition/label-block.ts";
import { labelValue } from "../exposition/label-block.ts";

/**
 * The label of a grouping key that says which relay has merged what the group holds. Of what came to that relay by
 * another it has both, `<relay>/<the one before it>`.
 */
export const RELAY_LABEL = "sluice_relay";

/** Whether the group holds what another relay has merged. */
export function isForwarded(grouping: Labels): boolean {
  return (labelValue(grouping, RELAY_LABEL) ?? "") !== "";
}
