import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../../src/core/encode-utf8.ts";
import { createBlockTable } from "../../../../src/core/exposition/block-table.ts";
import { parseText } from "../../../../src/core/exposition/parse-text.ts";
import { createLabelSetTable } from "../../../../src/core/partition/label-set.ts";
import { createLayout, type Layout } from "../../../../src/core/partition/layout.ts";
import { matchLayout, mergesSome } from "../../../../src/core/rollup/rules/match-layout.ts";
import { createRuleMatcher } from "../../../../src/core/rollup/rules/match-rules.ts";
import { nodeBytes } from "../../../../src/platform/bytes.ts";
import { compileRegex } from "../../../../src/platform/promql/regex.ts";
import { rule } from "./rules.ts";

const BODY = `# TYPE requests histogram
requests_bucket{path="/",le="1"} 1
requests_bucket{path="/",le="+Inf"} 2
requests_count{path="/"} 2
requests_sum{path="/"} 3
requests_bucket{path="/x",le="+Inf"} 2
requests_count{path="/x"} 2
# TYPE up gauge
up 1
`;

function layoutOf(text: string): Layout {
  const body = encodeUtf8(text);
  const blocks = createBlockTable(100);
  const parsed = parseText(body, { bytes: nodeBytes, blocks, utf8Names: false, maxSamples: 100 });
  return createLayout(parsed, createLabelSetTable(["job", "shop"]));
}

function indexesOf(match: string, body: string) {
  const rules = [rule(match), rule("debug", { action: "drop" })];
  const matcher = createRuleMatcher(rules, { level: "task", companions: true }, compileRegex);
  const found = matchLayout(matcher, layoutOf(body));
  return { indexes: found?.map((each) => each?.index), merges: mergesSome(found) };
}

test.each([
  ['requests{path="/"}', [0, 0, 0, 0, undefined, undefined, undefined], true],
  ['requests{job="shop"}', [0, 0, 0, 0, 0, 0, undefined], true], // of the grouping key
  ['requests_bucket{job="shop"}', undefined, false], // no name of a family
  ['requests{path="/y"}', Array.from({ length: 7 }), false],
  ["up", [...Array.from({ length: 6 }), 0], false], // a gauge without a function is not merged
])("%s", (match, indexes, merges) => expect(indexesOf(match, BODY)).toEqual({ indexes, merges }));

test("what is dropped makes no fleet", () => {
  expect(indexesOf("up", "debug 1\n")).toEqual({ indexes: [1], merges: false });
});
