import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleSite, WORKERD, writeWorkerdConfig } from "../../test/support/bundled-site.ts";
import type { Kind } from "../http/servers.ts";
import { startServer } from "../http/server-process.ts";

/** A site in plain workerd. */
export async function site(name: string, folder: string): Promise<Kind> {
  return workerd(name, await bundleSite(folder, { SLUICE_OPEN: "true", SLUICE_PARTITIONS: "16" }));
}

/** A Worker that throws bodies away. */
export async function bareWorker(name: string, folder: string): Promise<Kind> {
  await copyFile(new URL("bare-worker.js", import.meta.url), join(folder, "bare-worker.js"));
  const modules = [`(name = "bare-worker.js", esModule = embed "bare-worker.js")`];
  return workerd(name, await writeWorkerdConfig(folder, modules, ""));
}

function workerd(name: string, file: string): Kind {
  const start: Kind["start"] = () =>
    startServer(name, (port) => [WORKERD, "serve", file, `--socket-addr=http=127.0.0.1:${port}`]);
  return { name, head: "push", isPeer: false, start };
}
