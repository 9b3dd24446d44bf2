import { describe, expect, test } from "vitest";
import type { RuleConfig } from "../../../src/core/rollup/rules/rule-config.ts";
import type { InMemoryRelay } from "../../support/in-memory-relay.ts";
import { createInMemoryRelay } from "../../support/in-memory-relay.ts";
import { samplesOf } from "../../support/view-text.ts";
import { rule } from "../rollup/rules/rules.ts";

/** A relay with this rule, to which pods a, b, c … have pushed these bodies. */
function pushed(of: RuleConfig, bodies: readonly string[], format?: "openmetrics"): InMemoryRelay {
  const relay = createInMemoryRelay({ settings: { rules: [of] } });
  for (const [i, body] of bodies.entries()) {
    const refusal = relay.push(
      `/job/shop/instance/${"abcdef"[i]}`,
      body,
      format === undefined ? {} : { format },
    );
    expect(refusal).toBeUndefined();
  }
  return relay;
}

const build = (version: string, value = "1"): string =>
  `# TYPE build_info gauge\nbuild_info{version="${version}"} ${value}\n`;
const health = (state: "up" | "down"): string =>
  `# TYPE health gauge\nhealth{health="up"} ${state === "up" ? 1 : 0}\nhealth{health="down"} ${state === "up" ? 0 : 1}\n`;

describe("infos", () => {
  test("are the union of what the sources say, each with 1, and are never added up", () => {
    const relay = pushed(
      rule("build_info", { kind: "info", without: ["instance"] }),
      ["1.0", "1.1", "1.0"].map((version) => build(version)),
    );
    expect(relay.view("merged")).toContain("# TYPE build_info gauge\n");
    expect(samplesOf(relay.view("merged"), "build_info")).toEqual([
      'build_info{instance="",job="shop",version="1.0"} 1',
      'build_info{instance="",job="shop",version="1.1"} 1',
    ]);
  });

  test("leave with the last source that says so", () => {
    const relay = pushed(rule("build_info", { kind: "info", by: ["job", "version"] }), [
      build("1.0"),
      build("1.1"),
    ]);
    relay.delete("/job/shop/instance/a");
    expect(samplesOf(relay.view("merged"), "build_info")).toEqual([
      'build_info{instance="",job="shop",version="1.1"} 1',
    ]);
  });

  test("are 1, whatever number was pushed", () => {
    const relay = pushed(rule("build_info", { kind: "info", by: ["version"] }), [
      build("1.0", "NaN"),
      build("1.1", "7"),
    ]);
    expect(samplesOf(relay.view("merged"), "build_info")).toEqual([
      'build_info{instance="",job="",version="1.0"} 1',
      'build_info{instance="",job="",version="1.1"} 1',
    ]);
  });

  test("of OpenMetrics need no kind", () => {
    const body = `# TYPE build info\nbuild_info{version="1.0"} 1\n# EOF\n`;
    const relay = pushed(rule("build_info", { without: ["instance"] }), [body, body], "openmetrics");
    expect(samplesOf(relay.view("merged"), "build_info")).toEqual([
      'build_info{instance="",job="shop",version="1.0"} 1',
    ]);
  });
});

describe("state sets", () => {
  const states = ["up", "up", "down"] as const;

  test("show a state if any source is in it", () => {
    const relay = pushed(rule("health", { kind: "stateset", without: ["instance"] }), states.map(health));
    expect(samplesOf(relay.view("merged"), "health")).toEqual([
      'health{health="up",instance="",job="shop"} 1',
      'health{health="down",instance="",job="shop"} 1',
    ]);
    relay.push("/job/shop/instance/c", health("up"));
    expect(samplesOf(relay.view("merged"), "health")[1]).toBe(
      'health{health="down",instance="",job="shop"} 0',
    );
  });

  test("or how many sources are in each", () => {
    const relay = pushed(
      rule("health", { kind: "stateset", function: "count", without: ["instance"] }),
      states.map(health),
    );
    expect(samplesOf(relay.view("merged"), "health")).toEqual([
      'health{health="up",instance="",job="shop"} 2',
      'health{health="down",instance="",job="shop"} 1',
    ]);
    expect(samplesOf(relay.view("merged"), "health_contributors")).toEqual([]);
  });

  test("keep the label that names the state, whatever labels a rule takes away", () => {
    const relay = pushed(rule("health", { kind: "stateset", by: ["job"] }), states.map(health));
    expect(samplesOf(relay.view("merged"), "health").length).toBe(2);
  });

  test("of OpenMetrics need no kind", () => {
    const body = `# TYPE health stateset\nhealth{health="up"} 1\nhealth{health="down"} 0\n# EOF\n`;
    const relay = pushed(rule("health", { by: ["job"] }), [body, body], "openmetrics");
    expect(samplesOf(relay.view("merged"), "health")).toEqual([
      'health{health="up",instance="",job="shop"} 1',
      'health{health="down",instance="",job="shop"} 0',
    ]);
  });
});
