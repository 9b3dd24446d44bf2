import { dirname, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { isSystemError } from "../cli/system-error.ts";
import type { Section } from "../../platform/config-file/section-shape.ts";
import type { HeaderKeys, TlsKeys, WebFileKeys } from "./keys.ts";
import { contextOptions } from "./tls-options.ts";
import type { RateLimit, TlsConfig } from "./web-config.ts";
import { emptyWebConfig, type WebConfig } from "./web-config.ts";

type Report = (at: number, message: string) => void;

/** Reads a file that the configuration names, by its path from the root. */
export type ReadNamed = (path: string) => string;

/** What the sections of a file at `path` mean together, with the certificates that they name. */
export function webConfigOf(
  { values }: Section<WebFileKeys>,
  path: string,
  report: Report,
  read: ReadNamed,
): WebConfig {
  const http = values.http_server_config?.values;
  const tls = values.tls_server_config;
  return {
    tls: tls && tlsOf(tls, report, (name) => read(resolve(dirname(path), name))),
    http2: http?.http2 ?? emptyWebConfig.http2,
    headers: headersOf(http?.headers),
    users: values.basic_auth_users ?? emptyWebConfig.users,
    rateLimit: rateLimitOf(values.rate_limit),
  };
}

function headersOf(headers: Section<HeaderKeys> | undefined): Readonly<Record<string, string>> {
  const given = Object.entries<string | undefined>(headers?.values ?? {});
  return Object.fromEntries(given.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

function rateLimitOf(limit: WebFileKeys["rate_limit"] | undefined): RateLimit | undefined {
  const { interval: intervalMs = 0, burst = 0 } = limit?.values ?? {};
  return intervalMs === 0 ? undefined : { intervalMs, burst };
}

/** Settings of TLS alone, without a certificate or a policy, switch nothing on: so it is in exporter-toolkit. */
const SWITCHES = [
  "cert",
  "cert_file",
  "key",
  "key_file",
  "client_ca",
  "client_ca_file",
  "client_auth_type",
] as const satisfies readonly (keyof TlsKeys)[];

function tlsOf(tls: Section<TlsKeys>, report: Report, read: ReadNamed): TlsConfig | undefined {
  const { values, keysAt, at } = tls;
  // An empty text counts as absent; a wrong one has been reported.
  if (!SWITCHES.some((key) => values[key])) return undefined;
  const cert = pem(tls, "cert", "cert_file", report, read);
  const key = pem(tls, "key", "key_file", report, read);
  const clientCa = pem(tls, "client_ca", "client_ca_file", report, read);
  if (!values.cert && !values.cert_file) report(at, "missing one of cert or cert_file");
  if (!values.key && !values.key_file) report(at, "missing one of key or key_file");
  const clientAuth = values.client_auth_type ?? "NoClientCert";
  if (clientCa !== undefined && clientAuth === "NoClientCert") {
    report(
      keysAt.get("client_ca_file") ?? keysAt.get("client_ca") ?? at,
      "a client CA is set, but client_auth_type asks for no certificate: set it, mostly to RequireAndVerifyClientCert",
    );
  }
  const minVersion = values.min_version ?? "TLSv1.2";
  const maxVersion = values.max_version ?? "TLSv1.3";
  if (minVersion > maxVersion) {
    report(keysAt.get("min_version") ?? keysAt.get("max_version") ?? at, "min_version is above max_version");
  }
  if (values.client_allowed_sans?.length === 0) {
    report(
      keysAt.get("client_allowed_sans") ?? at,
      "client_allowed_sans: lets nobody in: name somebody, or remove it",
    );
  }
  if (cert === undefined || key === undefined) return undefined;
  const config: TlsConfig = {
    cert,
    key,
    clientCa,
    clientAuth,
    clientAllowedSans: values.client_allowed_sans,
    minVersion,
    maxVersion,
    ciphers: nonEmpty(values.cipher_suites),
    preferServerCiphers: values.prefer_server_cipher_suites ?? true,
    curves: nonEmpty(values.curve_preferences),
  };
  const fault = unusable(config);
  if (fault !== undefined) report(keysAt.get("cert_file") ?? keysAt.get("cert") ?? at, fault);
  return config;
}

/** A PEM text, from a file before the one that stands in the configuration itself. */
function pem(
  { values, keysAt, at }: Section<TlsKeys>,
  inline: "cert" | "key" | "client_ca",
  file: "cert_file" | "key_file" | "client_ca_file",
  report: Report,
  read: ReadNamed,
): string | undefined {
  const named = values[file];
  const key = named ? file : inline;
  const place = keysAt.get(key) ?? at;
  let found = values[inline];
  if (named?.includes("-----BEGIN ") === true) {
    report(place, `${key}: expected the name of a file; PEM stands under ${inline}`);
    return undefined;
  }
  if (named) {
    try {
      found = read(named);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      report(place, `${key}: cannot be read: ${error.message}`);
      return undefined;
    }
  }
  if (!named && !found) return undefined;
  // Node would take an empty list of authorities for the well-known ones.
  if (found?.includes("-----BEGIN ") === true) return found;
  report(place, `${key}: holds no PEM (-----BEGIN …)`);
  return undefined;
}

/** In OpenSSL's words, which name neither key nor certificate. */
function unusable(config: TlsConfig): string | undefined {
  try {
    createSecureContext(contextOptions(config));
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `certificate and key cannot be used: ${error.message}`;
  }
}

/** As in Go, where an empty list means the usual. */
function nonEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
