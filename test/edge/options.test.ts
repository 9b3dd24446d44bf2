import { describe, expect, test } from "vitest";
import { edgeOptions } from "../../src/edge/options.ts";
import { readEnv } from "../../src/edge/read-env.ts";
import { options } from "../../src/node/config/options.ts";
import { optionsOf } from "../../src/platform/config/option.ts";

const ofNode = new Map(optionsOf(options).map(([, option]) => [option.flag, option]));
/** What a relay on Node has not, and bounds that are those of one partition here. */
const OTHERWISE: ReadonlySet<string> = new Set([
  "--partitions",
  "--open",
  "--push-token",
  "--read-token",
  "--admin-token",
  "--forward.token",
  "--limit.series-per-job",
  "--limit.series",
  "--limit.sources",
  "--limit.inflight-bytes",
  "--limit.held-bytes",
]);

test.each(optionsOf(edgeOptions).filter(([, { flag }]) => !OTHERWISE.has(flag)))(
  "%s has the default and the values of the flag of that name",
  (_name, { flag, kind, default: value }) => {
    const same = ofNode.get(flag);
    expect(same?.default).toEqual(value);
    expect(same?.kind.expects).toBe(kind.expects);
  },
);

test("variables are named as flags, and those of a file may be numbers and booleans", () => {
  const read = readEnv(
    {
      SLUICE_FLINK_LEVEL: "subtask",
      SLUICE_LIMIT_SERIES_PER_PUSH: 7,
      SLUICE_COMPANIONS: false,
      SLUICE_STALENESS: "90s",
      OTHER: "x",
    },
    "",
  );
  expect(read).toMatchObject({
    ok: true,
    config: { flinkLevel: "subtask", maxSeriesPerPush: 7, companions: false, staleness: { limitMs: 90_000 } },
  });
});

test.each([
  [
    { SLUICE_LIMIT_BODY_BYTES: "25MiB" },
    "SLUICE_LIMIT_BODY_BYTES: expected 24MiB at most: an isolate has 128 MB for all that it does",
  ],
  [
    { SLUICE_LIMIT_INFLIGHT_BYTES: "49MiB" },
    "SLUICE_LIMIT_INFLIGHT_BYTES: expected 48MiB at most: an isolate has 128 MB for all that it does",
  ],
  [
    { SLUICE_LIMIT_HELD_BYTES: "81MiB" },
    "SLUICE_LIMIT_HELD_BYTES: expected 80MiB at most: an isolate has 128 MB for all that it does",
  ],
  [
    { SLUICE_LIMIT_SERIES_PER_PUSH: "500001" },
    "SLUICE_LIMIT_SERIES_PER_PUSH: expected 500000 at most: a call has 30 s of processor time",
  ],
  [
    { SLUICE_LIMIT_BODY_BYTES: "17MiB" },
    "SLUICE_LIMIT_INFLIGHT_BYTES is 32MiB: expected at least twice SLUICE_LIMIT_BODY_BYTES, which is 17MiB",
  ],
])("%j is more than an isolate can do, which is said when the site is set up", (env, message) => {
  expect(readEnv(env, "")).toEqual({ ok: false, message });
});

describe("edge.yml", () => {
  test("is a configuration file as Node reads it", () => {
    const read = readEnv({}, "flink: { level: subtask }\nrules:\n  - match: debug_total\n    action: drop\n");
    expect(read).toMatchObject({
      ok: true,
      config: { flink: true, flinkLevel: "subtask", rules: [{ action: "drop" }], jobs: [] },
    });
  });

  test.each([
    ["flink: false\n", false],
    ["rules: []\n", true],
  ])("%j", (text, flink) => {
    expect(readEnv({}, text)).toMatchObject({ ok: true, config: { flink } });
  });

  test("what is wrong with it is said with its place, beside what is wrong with the variables", () => {
    expect(readEnv({ SLUICE_STALENESS: "soon" }, "rules:\n  - match: a\n    acton: drop\n")).toEqual({
      ok: false,
      message:
        "SLUICE_STALENESS: expected auto, never or a duration above 0 such as 90s; edge.yml:3:5: unknown key acton; the nearest known one is action",
    });
  });

  test("what a variable says too is a conflict", () => {
    expect(readEnv({ SLUICE_FLINK_LEVEL: "task" }, "flink:\n  level: task\n")).toEqual({
      ok: false,
      message: "edge.yml:2:10: flink.level is also set by SLUICE_FLINK_LEVEL; remove one of the two",
    });
  });

  test("permissions are of users, which a site has none of", () => {
    expect(readEnv({}, "permissions: { ann: [read] }\n")).toEqual({
      ok: false,
      message:
        "edge.yml: permissions: they are of users, and a site has none; its tokens say who may do what",
    });
  });
});
