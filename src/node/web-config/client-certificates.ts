import { SocketAddress, isIPv6 } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TlsConfig } from "./web-config.ts";

/** Whether a connection may go on, by the certificate that its client has shown. */
export function admitsClient(
  socket: TLSSocket,
  { clientAuth, clientAllowedSans }: Pick<TlsConfig, "clientAuth" | "clientAllowedSans">,
): boolean {
  if (clientAuth === "NoClientCert") return true;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) {
    return clientAuth === "RequestClientCert" || clientAuth === "VerifyClientCertIfGiven";
  }
  const mustVerify = clientAuth === "VerifyClientCertIfGiven" || clientAuth === "RequireAndVerifyClientCert";
  if (mustVerify && !socket.authorized) return false;
  if (clientAllowedSans === undefined) return true;
  const allowed = new Set(clientAllowedSans);
  return alternativeNames(certificate.subjectAltName ?? "").some((name) => allowed.has(name));
}

/** One name as OpenSSL and Node write it; those that would be ambiguous stand in quotes. */
const NAME = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy;
const KINDS: ReadonlySet<string> = new Set(["DNS", "IP Address", "email", "URI"]);

/** The alternative names of a certificate, as Go writes them: DNS names, e-mail addresses, IP addresses, URIs. */
export function alternativeNames(subjectAltName: string): readonly string[] {
  return [...subjectAltName.matchAll(NAME)]
    .filter(([, kind = ""]) => KINDS.has(kind))
    .map(([, kind, shown = ""]) => {
      const name = shown.startsWith('"') ? String(JSON.parse(shown)) : shown;
      return kind === "IP Address" ? canonicalIp(name) : name;
    });
}

/** OpenSSL writes `FD00:0:0:0:0:0:0:7`, everybody else `fd00::7`. */
function canonicalIp(address: string): string {
  return isIPv6(address) ? new SocketAddress({ address, family: "ipv6" }).address : address;
}
