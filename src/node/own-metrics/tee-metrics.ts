import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";
import type { TeeOutcome } from "../tee/tee.ts";

const OUTCOMES: readonly TeeOutcome[] = ["sent", "refused", "failed", "superseded", "dropped"];

/** What becomes of the copies for `--tee.url`. */
export function createTeeMetrics(
  registers: Registry[],
  heldBytes: () => number,
): (outcome: TeeOutcome, copies: number) => void {
  const copied = new Counter({
    name: "sluice_tee_copies_total",
    help: "Pushes and deletes that were copied to --tee.url, by what became of them. refused: it does not take them, its log says why; failed: no answer; superseded: a newer push of the group came before it was sent; dropped: no room for it.",
    labelNames: ["outcome"],
    registers,
  });
  // A counter that appears with its first increase is none to Prometheus.
  for (const outcome of OUTCOMES) copied.inc({ outcome }, 0);
  const held = new Gauge({
    name: "sluice_tee_held_bytes",
    help: "Memory held by copies for --tee.url that have not been sent, 64 MiB at most. Near that it cannot keep up, and copies are superseded and dropped.",
    registers,
    collect() {
      held.set(heldBytes());
    },
  });
  return (outcome, copies) => copied.inc({ outcome }, copies);
}
