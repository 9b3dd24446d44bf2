import { describe, expect, test } from "vitest";
import { durationMs } from "../../../src/platform/config/duration.ts";
import { goDurationMs } from "../../../src/node/config/go-duration.ts";
import { listenAddresses } from "../../../src/node/config/listen-address.ts";
import { sizeBytes } from "../../../src/platform/config/size.ts";
import { stalenessRule } from "../../../src/platform/config/staleness.ts";
import { choice, count, toggle } from "../../../src/platform/config/value-kinds.ts";

describe("durations", () => {
  test.each([
    ["90s", 90_000],
    ["15m", 900_000],
    ["1h30m", 5_400_000],
    ["1d", 86_400_000],
    ["1w2d", 777_600_000],
    ["1y", 31_536_000_000],
    ["250ms", 250],
    ["5m0s", 300_000], // as a Pushgateway prints its own
    ["0", 0],
  ])("%s", (text, ms) => expect(durationMs.parse(text)).toBe(ms));

  test.each(["", "90", "s", "1.5h", "30m1h", "-1s", "1 h", "1M", "9999999999y"])("%j is refused", (text) =>
    expect(durationMs.parse(text)).toBeUndefined(),
  );

  test.each([
    [900_000, "15m"],
    [5_400_000, "1h30m"],
    [86_400_000, "1d"],
    [1_050, "1s50ms"],
    [0, "0s"],
  ])("%d ms are written %s", (ms, text) => expect(durationMs.render(ms)).toBe(text));
});

describe("durations as Go writes them", () => {
  test.each([
    ["300s", 300_000],
    ["5m0s", 300_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["2m1ms", 120_001],
    ["10us", 0.01],
    ["0", 0],
  ])("%s", (text, ms) => expect(goDurationMs.parse(text)).toBeCloseTo(ms, 9));

  test.each(["", "90", "s", "1d", "-1s", "1 h", "1h ", "1.h.", "."])("%j is refused", (text) =>
    expect(goDurationMs.parse(text)).toBeUndefined(),
  );
});

describe("sizes", () => {
  test.each([
    ["16MiB", 16_777_216],
    ["16777216", 16_777_216],
    ["512KiB", 524_288],
    ["1GiB", 1_073_741_824],
  ])("%s", (text, bytes) => expect(sizeBytes.parse(text)).toBe(bytes));

  test.each(["", "0", "16MB", "1.5MiB", "-1", "MiB", "16 MiB", "9999999999GiB"])("%j is refused", (text) =>
    expect(sizeBytes.parse(text)).toBeUndefined(),
  );

  test.each([
    [16_777_216, "16MiB"],
    [1536, "1536"],
    [3_221_225_472, "3GiB"],
  ])("%d bytes are written %s", (bytes, text) => expect(sizeBytes.render(bytes)).toBe(text));
});

describe("listen addresses", () => {
  test.each([
    [":9091", undefined, 9091],
    ["127.0.0.1:0", "127.0.0.1", 0],
    ["relay.example.org:80", "relay.example.org", 80],
    ["[::1]:9091", "::1", 9091],
    ["vsock://2:9091", "vsock://2", 9091],
  ])("%s", (text, host, port) => {
    expect(listenAddresses.parse(text)).toEqual([{ host, port }]);
    expect(listenAddresses.render([{ host, port }])).toBe(text);
  });

  test.each(["", "9091", "::1:9091", "host", "host:", ":65536", "host:http", "http://host:80"])(
    "%j is refused",
    (text) => expect(listenAddresses.parse(text)).toBeUndefined(),
  );
});

test.each([
  ["auto", "auto"],
  ["never", "never"],
  ["90s", { limitMs: 90_000 }],
  ["0s", undefined], // would expire a source between two of its pushes
  ["soon", undefined],
])("staleness %s", (text, rule) => expect(stalenessRule.parse(text)).toEqual(rule));

test.each([
  ["1", 1],
  ["64", 64],
  ["0", undefined],
  ["65", undefined],
  ["1.5", undefined],
  ["1e1", undefined],
  ["", undefined],
])("a count up to 64: %j", (text, value) => expect(count(64).parse(text)).toBe(value));

test("a choice takes its words and says them", () => {
  const level = choice("attempt", "subtask", "task");
  expect(level.parse("task")).toBe("task");
  expect(level.parse("Task")).toBeUndefined();
  expect(level.expects).toBe("attempt, subtask or task");
});

test.each([
  ["true", true],
  ["false", false],
  ["yes", undefined],
])("a switch set to %s", (text, value) => expect(toggle.parse(text)).toBe(value));
