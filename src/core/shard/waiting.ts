import type { JobSize } from "../partition/job-sizes.ts";
import type { LayoutFamily } from "../partition/layout.ts";
import type { Verdict } from "../partition/partition.ts";
import type { NewBody } from "../partition/prepare.ts";
import type { NumberedOrder, Order } from "./messages.ts";

export type Push = Extract<Order, { kind: "push" }>;

/** A push that waits for the coordinator, and what came for its key after it, in order. */
export interface Waiting {
  readonly push: Push;
  readonly body: NewBody;
  /** Those on whose types it waits: they are not given back meanwhile. */
  readonly families: readonly LayoutFamily[];
  /** Families whose type is settled here already. */
  readonly conflicts: Verdict["conflicts"];
  /** Families that are free for another type once this push is applied. */
  readonly freed: readonly string[];
  readonly behind: NumberedOrder[];
  /** What it will add to what is held. */
  readonly growth: JobSize;
}
