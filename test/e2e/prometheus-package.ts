import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/prometheus");

export interface PrometheusPrograms {
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * The programs of Debian's package `prometheus`: those of the machine, or else unpacked into a cache folder,
 * which needs no root and starts no service.
 */
export async function prometheusPrograms(): Promise<PrometheusPrograms> {
  if (existsSync("/usr/bin/prometheus")) return programsIn("/usr/bin");
  const unpacked = join(CACHE, "usr/bin");
  if (!existsSync(join(unpacked, "promtool"))) await unpack();
  return programsIn(unpacked);
}

function programsIn(folder: string): PrometheusPrograms {
  return { prometheus: join(folder, "prometheus"), promtool: join(folder, "promtool") };
}

async function unpack(): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  try {
    await download();
    const file = readdirSync(CACHE).find((name) => /^prometheus_.*\.deb$/.test(name));
    if (file === undefined) throw new Error("nothing was downloaded");
    await run("dpkg-deb", ["-x", join(CACHE, file), CACHE]);
  } catch (error) {
    throw new Error(
      "this suite needs Prometheus, and Debian's package could not be had: install prometheus yourself, or run it on Debian or Ubuntu",
      { cause: error },
    );
  }
}

/** The lists of a fresh image are empty; bringing them needs root. */
async function download(): Promise<void> {
  try {
    await run("apt-get", ["download", "prometheus"], { cwd: CACHE });
  } catch {
    await run("apt-get", ["update"]);
    await run("apt-get", ["download", "prometheus"], { cwd: CACHE });
  }
}
