import { execFile } from "node:child_process";
import { copyFile, readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import type { Kind } from "../http/servers.ts";
import { startServer } from "../http/server-process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Installed by `npm run edge:install`. */
const TOOLS = join(ROOT, "test/edge/workerd/node_modules/.bin");
const PARTITIONS = 16;

/** The site as `wrangler deploy` would send it, in plain workerd: what `wrangler dev` puts before it is not measured. */
export async function site(name: string, folder: string): Promise<Kind> {
  await promisify(execFile)(join(TOOLS, "wrangler"), ["deploy", "--dry-run", "--outdir", folder], {
    cwd: ROOT,
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
  });
  const files = await readdir(folder);
  const others = files.flatMap((file) => {
    const kind = { ".wasm": "wasm", ".yml": "text" }[extname(file)];
    return kind === undefined ? [] : [`(name = "./${file}", ${kind} = embed "${file}")`];
  });
  // The first is the one that is started.
  const modules = [`(name = "edge.js", esModule = embed "edge.js")`, ...others];
  return workerd(
    name,
    folder,
    modules,
    `
  durableObjectNamespaces = [
    (className = "PartitionObject", uniqueKey = "partition", enableSql = true),
    (className = "RegistryObject", uniqueKey = "registry", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    (name = "PARTITIONS", durableObjectNamespace = "PartitionObject"),
    (name = "REGISTRY", durableObjectNamespace = "RegistryObject"),
    (name = "SLUICE_OPEN", text = "true"),
    (name = "SLUICE_PARTITIONS", text = "${PARTITIONS}"),
  ],`,
  );
}

/** A Worker that throws bodies away. */
export async function bareWorker(name: string, folder: string): Promise<Kind> {
  await copyFile(new URL("bare-worker.js", import.meta.url), join(folder, "bare-worker.js"));
  return workerd(name, folder, [`(name = "bare-worker.js", esModule = embed "bare-worker.js")`], "");
}

async function workerd(
  name: string,
  folder: string,
  modules: readonly string[],
  more: string,
): Promise<Kind> {
  const file = join(folder, "config.capnp");
  await writeFile(
    file,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = "${folder}", writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-10-20",
  compatibilityFlags = ["nodejs_compat"],${more}
);
`,
  );
  const start: Kind["start"] = () =>
    startServer(name, (port) => [
      join(TOOLS, "workerd"),
      "serve",
      file,
      `--socket-addr=http=127.0.0.1:${port}`,
    ]);
  return { name, head: "push", isPeer: false, start };
}
