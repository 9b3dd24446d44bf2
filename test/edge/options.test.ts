import { expect, test } from "vitest";
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
  "--limit.series-per-job",
  "--limit.series",
  "--limit.sources",
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
  const read = readEnv({
    SLUICE_FLINK_LEVEL: "subtask",
    SLUICE_LIMIT_SERIES_PER_PUSH: 7,
    SLUICE_COMPANIONS: false,
    SLUICE_STALENESS: "90s",
    OTHER: "x",
  });
  expect(read).toMatchObject({
    ok: true,
    config: { flinkLevel: "subtask", maxSeriesPerPush: 7, companions: false, staleness: { limitMs: 90_000 } },
  });
});

test("a body that no call to an object could take is refused when the site is set up", () => {
  expect(readEnv({ SLUICE_LIMIT_BODY_BYTES: "31MiB" })).toEqual({
    ok: false,
    message: "SLUICE_LIMIT_BODY_BYTES: expected 30MiB at most: a call to a Durable Object takes 32 MB",
  });
});
