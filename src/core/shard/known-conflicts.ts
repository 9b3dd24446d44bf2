import { typeConflict } from "../partition/faults.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import type { Verdict } from "../partition/partition.ts";
import type { FamilyLedger } from "./family-ledger.ts";

/** Families of a body whose type is settled otherwise, but for those that the coordinator is asked about. */
export function knownConflicts(
  ledger: FamilyLedger,
  families: readonly LayoutFamily[],
  asked: readonly string[],
): Verdict["conflicts"] {
  const open = new Set(asked);
  return families.flatMap(({ name, type }) => {
    const agreed = ledger.typeOf(name);
    return agreed === undefined || agreed === type || open.has(name)
      ? []
      : [{ family: name, reason: typeConflict(name, agreed, type) }];
  });
}
