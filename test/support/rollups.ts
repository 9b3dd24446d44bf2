import type { ViewPart } from "../../src/core/view/part.ts";

/** A part as it is where the outputs themselves are not: with their names alone. */
export function namedOnly({ rollups, ...part }: ViewPart): ViewPart {
  if (rollups === undefined) return { ...part, rollups };
  const names = rollups.names.map(
    (name) =>
      name && {
        family: name.family,
        suffix: name.suffix,
        labels: name.labels,
        type: name.type,
        function: name.function,
        companions: name.companions,
        perProcess: name.perProcess,
      },
  );
  return { ...part, rollups: { ...rollups, names } };
}
