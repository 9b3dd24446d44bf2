import type { FamilyText } from "../core/view/merge.ts";

/**
 * The relay's own families and those of the view, sorted by name. Most clients push `process_…` metrics of
 * their own, which then stand in one family with the relay's, under its HELP.
 */
export function joinFamilies(own: readonly FamilyText[], pushed: readonly FamilyText[]): FamilyText[] {
  const byName = new Map(own.map((family) => [family.name, family]));
  for (const family of pushed) {
    const ours = byName.get(family.name);
    byName.set(
      family.name,
      ours === undefined ? family : { ...family, header: ours.header, text: ours.text + family.text },
    );
  }
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
