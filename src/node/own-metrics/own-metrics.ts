import type { RefusedJob } from "../../core/coordinator/refusals.ts";
import type { FamilyType } from "../../core/exposition/parsed-body.ts";
import type { LayoutFamily } from "../../core/partition/layout.ts";
import type { FamilyText } from "../../core/view/own-families.ts";
import type { PartitionStatus } from "../../core/view/part.ts";
import type { RelayMetrics, RelayMetricsDeps } from "./relay-metrics.ts";
import { createRelayMetrics } from "./relay-metrics.ts";
import { renderUserFamilies } from "../../core/view/render-user-families.ts";
import { userFamilies } from "../../core/view/user-families.ts";

/** The relay's metrics about itself. */
export interface OwnMetrics extends Omit<RelayMetrics, "families" | "render"> {
  /** Names and types, which nobody else may push otherwise. */
  readonly families: readonly LayoutFamily[];
  render(statuses: readonly PartitionStatus[], refused: readonly RefusedJob[]): Promise<FamilyText[]>;
}

export interface OwnMetricsDeps extends RelayMetricsDeps {
  /** Of more live sources none is shown by itself. */
  readonly mostSources: number;
}

export function createOwnMetrics({ mostSources, ...deps }: OwnMetricsDeps): OwnMetrics {
  const relay = createRelayMetrics(deps);
  return {
    ...relay,
    families: [
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- prom-client has the types of Prometheus
      ...relay.families.map(({ name, type, help }) => ({ name, type: type as FamilyType, help })),
      ...Object.entries(userFamilies).map(([name, { type, help }]) => ({ name, type, help })),
    ],
    async render(statuses, refused) {
      return [...(await relay.render()), ...renderUserFamilies({ statuses, refused, mostSources })];
    },
  };
}
