import { expect, test } from "vitest";
import type { FamilyText } from "../../src/core/view/merge.ts";
import { joinFamilies } from "../../src/node/join-families.ts";
import { familiesText } from "../support/view-text.ts";

function family(name: string, help: string, text: string, ...bulks: string[]): FamilyText {
  const header = `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
  return { name, header, text, bulks: bulks.map((bulk) => new Uint8Array(Buffer.from(bulk))) };
}

test("families are sorted by name; one that both have stands once, under the relay's HELP", () => {
  const own = [family("b", "ours", "b 1\n"), family("d", "ours", "d 1\n")];
  const pushed = [family("a", "theirs", "a 2\n"), family("b", "theirs", 'b{job="x"} 2\n', 'b{job="y"} 3\n')];
  expect(familiesText(joinFamilies(own, pushed))).toBe(`# HELP a theirs
# TYPE a gauge
a 2
# HELP b ours
# TYPE b gauge
b 1
b{job="x"} 2
b{job="y"} 3
# HELP d ours
# TYPE d gauge
d 1
`);
});
