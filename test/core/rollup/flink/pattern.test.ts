import { describe, expect, test } from "vitest";
import { compilePatterns, expandPattern } from "../../../../src/core/rollup/flink/pattern.ts";

describe("expandPattern", () => {
  test.each<[string, string[]]>([
    ["up", ["up"]],
    ["num{In,Out}", ["numIn", "numOut"]],
    ["{a,b}_{c,d}", ["a_c", "a_d", "b_c", "b_d"]],
    ["BackPressure[d]Time", ["BackPressuredTime", "BackPressureTime"]],
    ["[{Netty,Network}_]Input", ["Netty_Input", "Input", "Network_Input"]],
    ["[a_[b_]]c", ["a_b_c", "c", "a_c"]],
    ["{Load,CPU<n>}", ["Load", "CPU<n>"]],
  ])("%s", (pattern, want) => {
    expect(expandPattern(pattern).toSorted()).toEqual(want.toSorted());
  });
});

describe("compilePatterns", () => {
  test.each<[string, string, boolean]>([
    ["gc_<gc>_Time", "gc_G1_Young_Generation_Time", true],
    ["gc_<gc>_Time", "gc_All_TimeMsPerSecond", false],
    ["gc_<gc>_Time", "gc__Time", false], // a variable part is never empty
    ["gc_<gc>_Time", "xgc_All_Time", false],
    ["gc_<gc>_Time", "gc_All_Timer", false],
    ["Input<n>Watermark", "Input2Watermark", true],
    ["Input<n>Watermark", "InputWatermark", false],
    ["Input_<gate>_len", "Input_0_len", true],
    ["Input_<gate>_len", "Input_Buffers_len", false],
    ["out_<jobVertexId>", "out_bc764cd8ddf7a0cff126f51c16239658", true],
    ["out_<jobVertexId>", "out_PerSecond", false],
    ["[<state>_]get", "get", true],
    ["[<state>_]get", "my_state_get", true],
  ])("%s on %s: %s", (pattern, name, want) => {
    expect(compilePatterns([[pattern, true]])(name) ?? false).toBe(want);
  });

  test("a name spelt out beats a variable part above it, and the upper of two rows wins", () => {
    const match = compilePatterns([
      ["lag_<m>", "variable"],
      ["lag_<m>_max", "hidden by the row above"],
      ["lag_max", "exact"],
      ["lag_max", "hidden by the row above"],
    ]);
    expect([match("lag_max"), match("lag_avg"), match("lag_x_max"), match("lead")]).toEqual([
      "exact",
      "variable",
      "variable",
      undefined,
    ]);
  });
});
