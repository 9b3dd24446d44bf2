import { expect, test } from "vitest";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { rule } from "../rollup/rules/rules.ts";

const OPENMETRICS = { format: "openmetrics" } as const;

function body(count: number): string {
  return `# TYPE requests counter
# HELP requests how many
requests_total{l="v"} ${count} # {trace="t${count}"} 1
requests_created{l="v"} 1700000000
# TYPE build info
build_info{version="1"} 1
# EOF
`;
}

test("a series of OpenMetrics has the name that it has in text", () => {
  const relay = createInMemoryRelay();
  expect(relay.push("/job/j", body(3), OPENMETRICS)).toBeUndefined();
  expect(relay.push("/job/j", body(4), OPENMETRICS)).toBeUndefined();
  expect(relay.view("raw")).toContain(`# TYPE build_info gauge
build_info{instance="",job="j",version="1"} 1
`);
  expect(relay.view("raw")).toContain(`# HELP requests_total how many
# TYPE requests_total counter
requests_total{instance="",job="j",l="v"} 4
`);
  expect(relay.view("raw")).not.toContain("_created");
});

test("without # EOF at its end it is text format 0.0.4, as on a Pushgateway", () => {
  const relay = createInMemoryRelay();
  expect(relay.push("/job/j", "a 1\n", OPENMETRICS)).toBeUndefined();
  expect(relay.push("/job/j", "a 1 x\n", OPENMETRICS)?.message).toMatch(
    /^text format parsing error in line 1: /,
  );
  expect(relay.push("/job/j", "a 1 x\n# EOF\n", OPENMETRICS)?.message).toMatch(
    /^openmetrics parsing error in line 1: /,
  );
});

test("with # EOF at its end it is still text where nobody says that it is OpenMetrics", () => {
  const relay = createInMemoryRelay();
  expect(relay.push("/job/j", "# TYPE a_total counter\na_total 1\n# EOF\n")).toBeUndefined();
  expect(relay.push("/job/j", body(1))?.message).toMatch(/^text format parsing error in line 3: /);
});

test("a timestamp refuses the push", () => {
  const relay = createInMemoryRelay();
  expect(relay.push("/job/j", "a 1 2\n# EOF\n", OPENMETRICS)?.message).toBe(
    "pushed metrics are invalid or inconsistent with existing metrics: pushed metrics must not have timestamps (line 1 has one)",
  );
});

test("counters of a rule are added up over pushes whose exemplars differ", () => {
  const relay = createInMemoryRelay({ settings: { rules: [rule("requests_total", { without: ["l"] })] } });
  for (const count of [10, 12, 15]) {
    relay.push("/job/j", body(count), OPENMETRICS);
    relay.advance(10_000);
  }
  expect(relay.view("merged")).toContain(`requests_total{instance="",job="j"} 5\n`);
});

test("names of any UTF-8 are taken in quotes where the setting allows it, in text and in OpenMetrics", () => {
  const named = '{"a.b","l.m"="v"} 1\n';
  for (const [text, format] of [
    [named, "text"],
    [`${named}# EOF\n`, "openmetrics"],
  ] as const) {
    expect(createInMemoryRelay().push("/job/j", text, { format })?.message).toMatch(
      /invalid (metric|label) name/,
    );
    const relay = createInMemoryRelay({ settings: { utf8Names: true } });
    expect(relay.push("/job/j", text, { format })).toBeUndefined();
  }
});
