import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { alternativeNames } from "../../../src/node/web-config/client-certificates.ts";
import { tlsText } from "./tls-files.ts";

test("the names of a real certificate, as Go writes them", () => {
  const { subjectAltName = "" } = new X509Certificate(tlsText("client.crt"));
  expect(alternativeNames(subjectAltName)).toEqual([
    "flink.example",
    "10.0.0.7",
    "fd00::7",
    "spiffe://example/flink",
    "ops@example.org",
  ]);
});

test.each([
  ["", []],
  ["DNS:a", ["a"]],
  // A name with a comma in it stands in quotes, and is one name.
  ['DNS:"a, DNS:evil.example", DNS:b', ["a, DNS:evil.example", "b"]],
  [String.raw`URI:"http://a/\"x\", DNS:evil.example"`, ['http://a/"x", DNS:evil.example']],
  ['DirName:"CN = x, DNS:evil.example", DNS:b', ["b"]],
  ["othername:<unsupported>, DNS:b", ["b"]],
])("%s", (shown, names) => expect(alternativeNames(shown)).toEqual(names));
