import { expect, test } from "vitest";
import { compileSelector } from "../../../src/core/selector/compile-selector.ts";
import { FAMILY_NAME, type Matcher } from "../../../src/core/selector/selector.ts";
import { compileRegex } from "../../../src/platform/promql/regex.ts";

const LABELS = [FAMILY_NAME, "http_requests_total", "job", "shop", "path", "/a\n/b"];

test.each<[Matcher[], boolean]>([
  [[], true],
  [[{ name: "job", op: "=", value: "shop" }], true],
  [[{ name: "job", op: "=", value: "sho" }], false],
  [[{ name: "job", op: "!=", value: "shop" }], false],
  [[{ name: "job", op: "!=", value: "cart" }], true],
  [[{ name: FAMILY_NAME, op: "=~", value: "http_.+" }], true],
  [[{ name: FAMILY_NAME, op: "=~", value: "requests" }], false], // the whole text must match
  [[{ name: FAMILY_NAME, op: "!~", value: "debug_.+" }], true],
  [[{ name: "path", op: "=~", value: "/a./b" }], true], // a dot is a line's end too, as in Prometheus
  [[{ name: "pod", op: "=", value: "" }], true], // a missing label is an empty one
  [[{ name: "pod", op: "!=", value: "" }], false],
  [[{ name: "pod", op: "=~", value: "a|" }], true],
  [[{ name: "pod", op: "!~", value: ".+" }], true],
  [
    [
      { name: "job", op: "=", value: "shop" },
      { name: "pod", op: "=", value: "x" },
    ],
    false,
  ],
])("%j: %j", (matchers, want) => expect(compileSelector({ matchers }, compileRegex)(LABELS)).toBe(want));
