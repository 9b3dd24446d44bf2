import { readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../fixtures/tls");

/** The path of one of the checked-in certificates and keys, such as `server.crt`. */
export function tlsFile(name: string): string {
  return join(FOLDER, name);
}

export function tlsText(name: string): string {
  return readFileSync(tlsFile(name), "utf8");
}
