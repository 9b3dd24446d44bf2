import { expect, test } from "vitest";
import { forwardPath } from "../../../src/core/forwarding/forward-path.ts";
import { FORWARD_FORMAT } from "../../../src/core/forwarding/split-view.ts";
import { parseGroupingKey } from "../../../src/core/grouping-key.ts";
import { forwardsOf, splitOf } from "../../support/forward.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { seriesOfView } from "../../support/view-series.ts";
import { rule } from "../rollup/rules/rules.ts";

test("each job is a group of its own, without push stamps, and every series is in one", () => {
  const relay = createInMemoryRelay();
  relay.push("/job/a", "x 1\ny 2\n");
  relay.push("/job/a/instance/i", "x 3\n");
  relay.push("/job/b", '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3\nh_count 2\n');
  const forwards = forwardsOf(relay, "r");
  expect(forwards.map(({ path }) => path)).toEqual(["/job/b/sluice_relay/r", "/job/a/sluice_relay/r"]);
  const sent = forwards.map(({ body }) => Array.from(seriesOfView(body, FORWARD_FORMAT)));
  expect(sent[1]).toEqual([
    ['x{instance="",job="a"}', 1],
    ['x{instance="i",job="a"}', 3],
    ['y{instance="",job="a"}', 2],
  ]);
  const all = [...seriesOfView(relay.scrape("merged", FORWARD_FORMAT).bytes, FORWARD_FORMAT)];
  expect(new Map(sent.flat())).toEqual(new Map(all.filter(([series]) => !series.startsWith("push_"))));
});

test("series whose job a rule has dropped are told, and not sent", () => {
  const relay = createInMemoryRelay({
    settings: { rules: [rule("x", { function: "max", by: ["l"], companions: false, kind: "gauge" })] },
  });
  relay.push("/job/a", 'x{l="1"} 1\nx{l="2"} 1\ny 2\n');
  const { groups, jobless } = splitOf(relay, "r");
  expect([groups.length, jobless]).toEqual([1, 2]);
});

test.each([
  ["batch", "eu-1", "/metrics/job/batch/sluice_relay/eu-1"],
  ["a.b_c~d", "r", "/metrics/job/a.b_c~d/sluice_relay/r"],
  ["..", "r", "/metrics/job@base64/Li4/sluice_relay/r"],
  ["a/b c", "b/a", "/metrics/job@base64/YS9iIGM/sluice_relay@base64/Yi9h"],
  ["käse", "r", "/metrics/job@base64/a8Okc2U/sluice_relay/r"],
  ["%41", "r", "/metrics/job@base64/JTQx/sluice_relay/r"],
])("the path of job %j by relay %j is %s, and is read as that", (job, relay, path) => {
  expect(forwardPath({ job, relay })).toBe(path);
  expect(parseGroupingKey(path.slice("/metrics".length))).toMatchObject({
    key: { labels: ["job", job, "sluice_relay", relay] },
  });
});
