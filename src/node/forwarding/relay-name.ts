import { readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isSystemError } from "../cli/system-error.ts";

const FILE = "relay-id";

/**
 * The name of this relay at the one to which it forwards, where no flag says it. It must outlive a restart: under another
 * name its counters would be those of another relay. In memory alone the best there is, is the name of the machine.
 */
export function relayName(storageFolder: string): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, "-")
    .slice(0, 40);
  if (storageFolder === "") return host;
  const file = join(storageFolder, FILE);
  const known = readName(file);
  if (known !== "") return known;
  // A name of two machines is not rare.
  const name = `${host}-${crypto.randomUUID().slice(0, 8)}`;
  writeFileSync(file, `${name}\n`);
  return name;
}

function readName(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return "";
    throw error;
  }
}
