import { Buffer } from "node:buffer";
import { assert, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { decodeBase64Url } from "../../src/core/base64url.ts";

test("what Node encodes is read back, with padding and without", () => {
  assert(
    property(uint8Array(), (bytes) => {
      const latin1 = Buffer.from(bytes).toString("latin1");
      const text = Buffer.from(bytes).toString("base64url");
      const padding = "=".repeat((4 - (text.length % 4)) % 4);
      expect(decodeBase64Url(text)).toEqual({ ok: true, latin1 });
      expect(decodeBase64Url(text + padding)).toEqual({ ok: true, latin1 });
    }),
  );
});

test.each<[string, string]>([
  ["", ""],
  ["=", ""], // an empty value, as clients have to send it
  ["bGFiZWwvdmFsdWUx", "label/value1"],
  ["bGFiZWwvdmFsdWUy==", "label/value2"], // more padding than there is room for
  ["Pz8_", "???"],
])("%j decodes to %j", (text, latin1) => {
  expect(decodeBase64Url(text)).toEqual({ ok: true, latin1 });
});

test.each<[string, number]>([
  ["foo.bar", 3],
  ["+P", 0],
  ["Pz8/", 3],
  ["ab=c", 2], // padding within
  ["abcde", 4], // the last character holds six bits of eight
  ["a b", 1],
])("%j cannot be decoded from character %i on", (text, badIndex) => {
  expect(decodeBase64Url(text)).toEqual({ ok: false, badIndex });
});
