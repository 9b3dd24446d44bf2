import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderConfigSchema } from "../../../src/platform/config-file/config-schema.ts";
import { parseConfigFile } from "../../../src/platform/config-file/parse-config-file.ts";
import { fitsSchema, type Schema } from "./fits-schema.ts";

const FILE = join(import.meta.dirname, "../../../docs/sluice.schema.json");
const schema = JSON.parse(renderConfigSchema()) as Schema;

test("docs/sluice.schema.json is made from the table of keys (UPDATE_DOCS=1 writes it anew)", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, renderConfigSchema());
  // As data: how the file is laid out is the formatter's matter.
  expect(JSON.parse(readFileSync(FILE, "utf8"))).toEqual(schema);
});

describe("the relay and an editor agree that these are valid", () => {
  test.each([
    "flink:",
    "flink: false",
    "flink: {}",
    "flink: { level: attempt, counters: gauge, instance-label: '', companions: true }",
    "rules:",
    "rules: []",
    "rules: [{ match: x }]",
    "rules: [{ match: x, action: merge, kind: gauge, function: avg, by: [], skip: [-1, 1e9], level: task, companions: false }]",
    "rules: [{ match: x, action: drop }]",
    "rules: [{ match: x, kind: summary, intervals: true, window: 500 }]",
    "rules: [{ match: x, kind: info }]",
    "rules: [{ match: x, kind: stateset, function: count }]",
    "rules: [{ match: x, without: ['a b'] }]",
    "jobs:",
    "jobs: [{ match: '{a=\"b\"}', staleness: auto, limits: { series: 1 } }]",
    "jobs: [{ match: '{a=\"b\"}', staleness: 1h30m }]",
    "jobs: [{ match: '{a=\"b\"}', staleness: 0h5ms }]",
    "jobs: [{ match: '{a=\"b\"}', limits: {}, staleness: never }]",
    "permissions:",
    "permissions: {}",
    "permissions: { ann: [], bob: [read, push, admin], '2': ['push{job=\"shop\"}'] }",
  ])("%s", (text) => {
    expect(parseConfigFile(text, "s.yaml")).toMatchObject({ ok: true });
    expect(fitsSchema(parse(text), schema)).toBe(true);
  });
});

describe("they agree that these are not", () => {
  test.each([
    "[]",
    "rule: []",
    "flink: true",
    "flink: { level: job }",
    "flink: { instance-label: tm-id }",
    "flink: { companions: 'true' }",
    "rules: {}",
    "rules: [x]",
    "rules: [{}]",
    "rules: [{ match: '' }]",
    "rules: [{ match: 5 }]",
    "rules: [{ match: x, action: keep }]",
    "rules: [{ match: x, kind: rate }]",
    "rules: [{ match: x, function: total }]",
    "rules: [{ match: x, by: pod }]",
    "rules: [{ match: x, by: [''] }]",
    "rules: [{ match: x, skip: ['-1'] }]",
    "rules: [{ match: x, functions: sum }]",
    "jobs: [{ staleness: never }]",
    "jobs: [{ match: '{a=\"b\"}', staleness: 0s }]",
    "jobs: [{ match: '{a=\"b\"}', staleness: 90 }]",
    "jobs: [{ match: '{a=\"b\"}', staleness: 1m1h }]",
    "jobs: [{ match: '{a=\"b\"}', limits: { series: 1.5 } }]",
    "jobs: [{ match: '{a=\"b\"}', limits: { series: 0 } }]",
    "jobs: [{ match: '{a=\"b\"}', limits: { bytes: 5 } }]",
    "permissions: [read]",
    "permissions: { ann: read }",
    "permissions: { ann: [write] }",
    "permissions: { ann: [{ push: all }] }",
  ])("%s", (text) => {
    expect(parseConfigFile(text, "s.yaml")).toMatchObject({ ok: false });
    expect(fitsSchema(parse(text), schema)).toBe(false);
  });
});
