import type { CheckedFile } from "../cli/check-file.ts";
import { readWebConfig } from "./read-web-config.ts";
import type { WebConfig } from "./web-config.ts";

/** What `sluice check-web-config` says of a file: that it is valid and what it does, or one line for each error. */
export function checkWebConfig(path: string): CheckedFile {
  const { read } = readWebConfig(path);
  if (!read.ok) return { isValid: false, lines: read.errors };
  return { isValid: true, lines: [`${path} is valid: ${summary(read.config)}`] };
}

function summary({ tls, http2, users, headers, rateLimit }: WebConfig): string {
  const perSecond = rateLimit && 1000 / rateLimit.intervalMs;
  return [
    tls === undefined ? "plain HTTP" : `TLS${http2 ? " with HTTP/2" : ""}, ${tls.clientAuth}`,
    `${users.size} ${users.size === 1 ? "user" : "users"}`,
    `${Object.keys(headers).length} headers`,
    perSecond === undefined ? "no rate limit" : `${perSecond} requests a second`,
  ].join(", ");
}
