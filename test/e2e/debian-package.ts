import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../node_modules/.cache");

/**
 * The root of the files of a Debian package: `/` where the machine has its `program`, or else a cache folder that it
 * is unpacked into, which needs no root and starts no service.
 */
export async function debianPackage(name: string, program: string): Promise<string> {
  if (existsSync(join("/", program))) return "/";
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, program))) await unpack(name, folder);
  return folder;
}

async function unpack(name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  try {
    await download(name, folder);
    const file = readdirSync(folder).find((each) => each.startsWith(`${name}_`) && each.endsWith(".deb"));
    if (file === undefined) throw new Error("nothing was downloaded");
    await run("dpkg-deb", ["-x", join(folder, file), folder]);
  } catch (error) {
    throw new Error(
      `this suite needs Debian's package ${name}, and it could not be had: install ${name} yourself, or run it on Debian or Ubuntu`,
      { cause: error },
    );
  }
}

/** The lists of a fresh image are empty; bringing them needs root. */
async function download(name: string, folder: string): Promise<void> {
  try {
    await run("apt-get", ["download", name], { cwd: folder });
  } catch {
    await run("apt-get", ["update"]);
    await run("apt-get", ["download", name], { cwd: folder });
  }
}
