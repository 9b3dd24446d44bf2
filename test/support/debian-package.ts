import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../node_modules/.cache");

/**
 * The folder of the programs of a Debian package: the machine's own, or else a cache folder into which the package is
 * unpacked, which needs no root and starts no service. `program` is one of them.
 */
export async function debianPrograms(name: string, program: string): Promise<string> {
  if (existsSync(join("/usr/bin", program))) return "/usr/bin";
  const cache = join(CACHE, name);
  if (!existsSync(join(cache, "usr/bin", program))) await unpack(name, cache);
  return join(cache, "usr/bin");
}

async function unpack(name: string, cache: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  try {
    await download(name, cache);
    const file = readdirSync(cache).find((each) => each.startsWith(`${name}_`) && each.endsWith(".deb"));
    if (file === undefined) throw new Error("nothing was downloaded");
    await run("dpkg-deb", ["-x", join(cache, file), cache]);
  } catch (error) {
    throw new Error(
      `this suite needs ${name}, and Debian's package could not be had: install it yourself, or run on Debian or Ubuntu`,
      { cause: error },
    );
  }
}

/** The lists of a fresh image are empty; bringing them needs root. */
async function download(name: string, cache: string): Promise<void> {
  try {
    await run("apt-get", ["download", name], { cwd: cache });
  } catch {
    await run("apt-get", ["update"]);
    await run("apt-get", ["download", name], { cwd: cache });
  }
}
