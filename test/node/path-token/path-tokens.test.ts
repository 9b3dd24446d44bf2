import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTakeToken, isToken } from "../../../src/node/path-token/path-tokens.ts";
import { readTokenFile } from "../../../src/node/path-token/token-file.ts";

const OLD = "old-token-0123456789";
const NEW = "new-token-0123456789";

test.each([
  [`/${OLD}/metrics/job/a`, "/metrics/job/a"],
  [`/${NEW}/metrics/job/a//l/../m?x=1`, "/metrics/job/a//l/../m?x=1"],
  [`/${OLD}`, "/"],
  [`/${OLD}?view=raw`, "/?view=raw"],
  [`/${OLD}/push/metrics`, "/push/metrics"],
  [`/push/${OLD}/metrics`, "/push/metrics"],
  [`http://relay.example:9091/${OLD}/metrics`, "/metrics"],
  ["/metrics", undefined],
  ["/", undefined],
  ["*", undefined],
  [`//${OLD}/metrics`, undefined],
  [`/metrics/${OLD}`, undefined],
  [`/pushy/${OLD}/metrics`, undefined],
  [`/${OLD}x/metrics`, undefined],
  [`/${OLD.slice(1)}/metrics`, undefined],
  [`/${OLD.toUpperCase()}/metrics`, undefined],
])("of %s is left %s", (target, left) => {
  expect(createTakeToken([all(OLD), all(NEW)], "/push")(target)?.rest).toBe(left);
});

const group = (job: string): string[] => ["job", job];
const all = (text: string) => ({ text, permissions: undefined });

test.each([
  ["0123456789abcdef", true],
  ["a~b-c_d.e0123456", true],
  ["0123456789abcde", false],
  ["0123456789abcde/", false],
  ["0123456789abcde%20", false],
  ["................", false],
  ["a".repeat(257), false],
])("%s is a token: %s", (text, is) => expect(isToken(text)).toBe(is));

describe("a file", () => {
  const file = join(mkdtempSync(join(tmpdir(), "sluice-")), "tokens");
  test.each([
    [`${OLD}\n`, { ok: true, tokens: [all(OLD)] }],
    [`# of the shop\n${OLD}\r\n\n ${NEW}`, { ok: true, tokens: [all(OLD), all(NEW)] }],
    ["\n", { ok: false, error: `${file}: holds no token` }],
    [
      `${OLD}\nshort\n`,
      {
        ok: false,
        error: `${file}:2: expected a token: 16 to 256 of the characters A-Z a-z 0-9 - _ . ~, no dot first`,
      },
    ],
    [
      `${OLD}\n${NEW}\n${OLD} read\n`,
      { ok: false, error: `${file}:3: the token stands in an earlier line already` },
    ],
  ])("%j", (text, read) => {
    writeFileSync(file, text);
    expect(readTokenFile(file)).toEqual(read);
  });

  test.each(["reed", NEW, "read,push", "read{job='a'}", 'push{job="a"', '{job="a"}'])(
    "nothing is shown of %s where a permission should stand",
    (wrong) => {
      writeFileSync(file, `${OLD} ${wrong}\n`);
      const error = `${file}:1: behind the token: expected read, admin, push, or push for some groups such as push{job="shop"}, with spaces between`;
      expect(readTokenFile(file)).toEqual({ ok: false, error });
    },
  );

  test.each([
    ["read", true, false, false, false],
    ["push", false, true, true, false],
    ["  read\tpush  admin ", true, true, true, true],
    ['push{job="shop"}', false, true, false, false],
    [`push { job = 'shop', team !~ "a } b" } read`, true, true, false, false],
    ['push{job="x"} push{job=~"s.*"}', false, true, false, false],
    ["push{job=`shop`}", false, true, false, false],
  ])("a token with %j may read %j, push of the shop %j, of others %j, administer %j", (words, ...want) => {
    writeFileSync(file, `${OLD} ${words}\n`);
    const read = readTokenFile(file);
    const permissions = read.ok ? read.tokens[0]?.permissions : undefined;
    const may = (job: string): boolean => permissions?.push?.(group(job)) ?? false;
    expect([permissions?.read, may("shop"), may("bank"), permissions?.admin]).toEqual(want);
    // A fleet's job has a random end.
    expect(may(`shop${"0123456789abcdef".repeat(2)}`)).toBe(may("shop"));
  });
});
