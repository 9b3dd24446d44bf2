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
])("of %s is left %s", (target, left) => expect(createTakeToken([OLD, NEW], "/push")(target)).toBe(left));

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
    [`${OLD}\n`, { ok: true, tokens: [OLD] }],
    [`${OLD}\r\n\n ${NEW}`, { ok: true, tokens: [OLD, NEW] }],
    ["\n", { ok: false, error: `${file}: holds no token` }],
    [
      `${OLD}\nshort\n`,
      {
        ok: false,
        error: `${file}:2: expected a token: 16 to 256 of the characters A-Z a-z 0-9 - _ . ~, no dot first`,
      },
    ],
  ])("%j", (text, read) => {
    writeFileSync(file, text);
    expect(readTokenFile(file)).toEqual(read);
  });
});
