import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readWebConfig } from "../../../src/node/web-config/read-web-config.ts";
import { emptyWebConfig, type TlsConfig, type WebConfig } from "../../../src/node/web-config/web-config.ts";
import { tlsFile, tlsText } from "./tls-files.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-"));
const path = join(folder, "web.yml");
for (const name of ["server.crt", "server.key", "client.key", "ca.crt"]) {
  copyFileSync(tlsFile(name), join(folder, name));
}
writeFileSync(join(folder, "empty"), "");

function readText(text: string): ReturnType<typeof readWebConfig>["read"] {
  writeFileSync(path, text);
  return readWebConfig(path).read;
}

function configOf(text: string): WebConfig {
  const read = readText(text);
  if (!read.ok) throw new Error(read.errors.join("\n"));
  return read.config;
}

function tlsOf(...lines: string[]): TlsConfig | undefined {
  const all = ["cert_file: server.crt", "key_file: server.key", ...lines];
  return configOf(`tls_server_config:\n${all.map((line) => `  ${line}\n`).join("")}`).tls;
}

/** The errors, without the name of the file before them. */
function errorsOf(text: string): readonly string[] {
  const read = readText(text);
  return read.ok ? [] : read.errors.map((error) => error.replace(`${path}:`, ""));
}

const HASH = "$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu";

describe("files that switch nothing on", () => {
  test.each([
    "",
    "# tls_server_config:\n",
    "tls_server_config:\nhttp_server_config:\nbasic_auth_users:\nrate_limit:\n",
    "tls_server_config: {}",
    'tls_server_config: { cert_file: "", key_file: "" }',
    "tls_server_config: { min_version: TLS13 }",
    "basic_auth_users: {}",
    "rate_limit: { interval: 0, burst: 0 }",
    "http_server_config: { http2: yes, headers: { X-Frame-Options: } }",
  ])("%j", (text) => expect(configOf(text)).toEqual(emptyWebConfig));
});

test("certificates are looked for beside the file, and are watched with it", () => {
  expect(tlsOf()).toEqual({
    cert: tlsText("server.crt"),
    key: tlsText("server.key"),
    clientCa: undefined,
    clientAuth: "NoClientCert",
    clientAllowedSans: undefined,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: undefined,
    preferServerCiphers: true,
    curves: undefined,
  });
  expect(readWebConfig(path).files).toEqual([path, join(folder, "server.crt"), join(folder, "server.key")]);
});

test("a certificate and its key may stand in the file itself; a file goes before", () => {
  const inline = { cert: tlsText("server.crt"), key: tlsText("server.key") };
  expect(configOf(JSON.stringify({ tls_server_config: inline })).tls).toMatchObject(inline);
  const both = { cert: "old", cert_file: tlsFile("server.crt"), key: inline.key };
  expect(configOf(JSON.stringify({ tls_server_config: both })).tls?.cert).toBe(inline.cert);
});

test("Go's names become OpenSSL's", () => {
  const tls = tlsOf(
    "client_auth_type: RequireClientCert",
    "client_ca_file: ca.crt",
    "client_allowed_sans: [flink.example, 10.0.0.7]",
    "min_version: TLS10",
    "max_version: TLS12",
    "cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_CBC_SHA, TLS_AES_128_GCM_SHA256]",
    "prefer_server_cipher_suites: no",
    "curve_preferences: [CurveP521, X25519]",
  );
  expect(tls).toMatchObject({
    clientAuth: "RequireAnyClientCert",
    clientCa: tlsText("ca.crt"),
    clientAllowedSans: ["flink.example", "10.0.0.7"],
    minVersion: "TLSv1",
    maxVersion: "TLSv1.2",
    ciphers: ["ECDHE-ECDSA-AES128-GCM-SHA256", "AES256-SHA", "TLS_AES_128_GCM_SHA256"],
    preferServerCiphers: false,
    curves: ["P-521", "X25519"],
  });
});

test("users, headers and a rate, and what YAML takes for a number is a text", () => {
  const config = configOf(`
http_server_config:
  http2: off
  headers:
    X-Frame-Options: deny
    X-XSS-Protection: 1
    Strict-Transport-Security: max-age=31536000; includeSubDomains
basic_auth_users:
  alice: ${HASH}
  007: ${HASH}
  yes: ${HASH}
rate_limit: { interval: 1.5s, burst: 20 }
`);
  expect(config.http2).toBe(false);
  expect(config.headers).toEqual({
    "X-Frame-Options": "deny",
    "X-XSS-Protection": "1",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
  });
  expect([...config.users.keys()]).toEqual(["alice", "007", "yes"]);
  expect(config.rateLimit).toEqual({ intervalMs: 1500, burst: 20 });
});

describe("errors, with line and column", () => {
  test.each([
    ["tls_config: {}", "1:1: unknown key tls_config; the nearest known one is tls_server_config"],
    [
      "tls_server_config:\n  cert_filse: a",
      "2:3: unknown key cert_filse; the nearest known one is cert_file",
    ],
    ["tls_server_config:\n  key_file: server.key", "2:3: missing one of cert or cert_file"],
    ['tls_server_config:\n  cert_file: ""\n  key_file: server.key', "2:3: missing one of cert or cert_file"],
    ["tls_server_config:\n  cert_file: server.crt", "2:3: missing one of key or key_file"],
    [
      "tls_server_config: { cert_file: server.crt, key_file: gone.key }",
      `1:55: key_file: cannot be read: ENOENT: no such file or directory, open '${folder}/gone.key'`,
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.crt, key: x }",
      "1:33: certificate and key cannot be used: error:1E08010C:DECODER routines::unsupported",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: client.key }",
      "1:33: certificate and key cannot be used: error:05800074:x509 certificate routines::key values mismatch",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt }",
      "1:83: a client CA is set, but client_auth_type asks for no certificate: set it, mostly to RequireAndVerifyClientCert",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, client_auth_type: RequireAndVerifyClientCert, client_ca_file: empty }",
      "1:129: client_ca_file: holds no PEM (-----BEGIN …)",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, client_auth_type: Require }",
      "1:85: client_auth_type: Require is not a policy for client certificates; the nearest known one is NoClientCert",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, client_allowed_sans: [] }",
      "1:88: client_allowed_sans: lets nobody in: name somebody, or remove it",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, min_version: TLS111 }",
      "1:80: min_version: TLS111 is not a TLS version; the nearest known one is TLS11",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, max_version: TLS11 }",
      "1:80: min_version is above max_version",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, cipher_suites: [TLS_AES_128_GCM_SHA2048] }",
      "1:83: cipher_suites: TLS_AES_128_GCM_SHA2048 is not a cipher suite; the nearest known one is TLS_AES_128_GCM_SHA256",
    ],
    [
      "tls_server_config: { cert_file: server.crt, key_file: server.key, curve_preferences: [CurveP257] }",
      "1:87: curve_preferences: CurveP257 is not a curve; the nearest known one is CurveP256",
    ],
    [
      "http_server_config: { headers: { Content-Type: foo } }",
      "1:34: unknown key Content-Type; the nearest known one is X-Content-Type-Options",
    ],
    [
      "http_server_config: { headers: { X-Content-Type-Options: sniff } }",
      "1:58: X-Content-Type-Options: expected nosniff, found sniff",
    ],
    ["http_server_config: { http2: maybe }", "1:30: http2: expected true or false, found maybe"],
    [
      "basic_auth_users:\n  john: doe-his-password",
      "2:9: john: expected a bcrypt hash of the password, such as htpasswd -nB john makes",
    ],
    ["basic_auth_users: [a]", "1:19: basic_auth_users: expected a mapping of users and bcrypt hashes"],
    [
      "rate_limit: { interval: often, burst: 1 }",
      "1:25: interval: expected a duration such as 90s, 5m or 1.5h, found often",
    ],
    ["rate_limit: { interval: 1s, burst: -1 }", "1:36: burst: expected a whole number, found -1"],
    ["basic_auth_users: {}\nbasic_auth_users: {}", "2:1: not YAML: Map keys must be unique"],
  ])("%s", (text, error) => expect(errorsOf(text)).toEqual([error]));

  test("all of them are told at once, and none shows a secret", () => {
    const errors = errorsOf(
      "tls_server_config: { cert_file: server.crt, key: [my-secret-key] }\nbasic_auth_users: { a: my-secret-password }\nrate_limits: {}",
    );
    expect(errors).toHaveLength(4);
    expect(errors.join()).not.toContain("my-secret");
  });

  test("a file that is not there", () => {
    expect(readWebConfig("/nowhere/web.yml").read).toEqual({
      ok: false,
      errors: [
        "/nowhere/web.yml: cannot be read: ENOENT: no such file or directory, open '/nowhere/web.yml'",
      ],
    });
  });
});
