import type { SecureContextOptions } from "node:tls";
import { TLS13_SUITES } from "./go-names.ts";
import type { TlsConfig } from "./web-config.ts";

/** What Node makes a server's side of TLS from. */
export function contextOptions(config: TlsConfig): SecureContextOptions {
  const { cert, key, clientCa, curves, preferServerCiphers, maxVersion } = config;
  const ciphers = cipherString(config);
  return {
    cert,
    key,
    minVersion: minVersionOf(config),
    maxVersion,
    honorCipherOrder: preferServerCiphers,
    ...(clientCa === undefined ? {} : { ca: clientCa }),
    ...(curves === undefined ? {} : { ecdhCurve: curves.join(":") }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
}

/** A list of suites of TLS 1.3 alone leaves none for the older versions. */
function minVersionOf({ ciphers, minVersion }: TlsConfig): TlsConfig["minVersion"] {
  return ciphers?.every((suite) => TLS13_SUITES.includes(suite)) === true ? "TLSv1.3" : minVersion;
}

/** OpenSSL 3 refuses the hashes that TLS 1.0 and 1.1 sign with, unless its security level allows them. */
function cipherString({ ciphers, minVersion }: TlsConfig): string | undefined {
  const isOld = minVersion === "TLSv1" || minVersion === "TLSv1.1";
  if (ciphers === undefined) return isOld ? "DEFAULT@SECLEVEL=0" : undefined;
  const all = [...new Set([...TLS13_SUITES, ...ciphers])];
  return all.join(":") + (isOld ? ":@SECLEVEL=0" : "");
}
