import type { RefusedJob } from "../core/coordinator/refusals.ts";
import type { LayoutFamily } from "../core/partition/layout.ts";
import type { FamilyText } from "../core/view/own-families.ts";
import type { PartitionStatus } from "../core/view/part.ts";
import { renderUserFamilies } from "../core/view/render-user-families.ts";
import { userFamilies } from "../core/view/user-families.ts";
import { version } from "./version.ts";

const BUILD_INFO: LayoutFamily = {
  name: "sluice_build_info",
  type: "gauge",
  help: "The version of the relay and the platform it runs on.",
};

/** What a site tells of itself. What a process counts of itself an isolate cannot: the platform's own pages have that. */
export const ownFamilies: readonly LayoutFamily[] = [
  BUILD_INFO,
  ...Object.entries(userFamilies).map(([name, { type, help }]) => ({ name, type, help })),
];

export function renderOwnFamilies(
  statuses: readonly PartitionStatus[],
  refused: readonly RefusedJob[],
  mostSources: number,
): FamilyText[] {
  const { name, type, help } = BUILD_INFO;
  return [
    {
      name,
      header: `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`,
      text: `${name}{platform="workerd",version="${version}"} 1\n`,
    },
    ...renderUserFamilies({ statuses, refused, mostSources }),
  ];
}
