import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Installed by `npm run edge:install`. */
const TOOLS = join(ROOT, "test/edge/workerd/node_modules/.bin");
export const WORKERD: string = join(TOOLS, "workerd");

const OBJECTS = `
  durableObjectNamespaces = [
    (className = "PartitionObject", uniqueKey = "partition", enableSql = true),
    (className = "RegistryObject", uniqueKey = "registry", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),`;

/**
 * The site as `wrangler deploy` would send it, for plain workerd: what `wrangler dev` puts before it is not there.
 * Answers with the file that `workerd serve` takes; what the site stores is in the same folder.
 */
export async function bundleSite(
  folder: string,
  variables: Readonly<Record<string, string>>,
  v8Flags: readonly string[] = [],
): Promise<string> {
  await promisify(execFile)(join(TOOLS, "wrangler"), ["deploy", "--dry-run", "--outdir", folder], {
    cwd: ROOT,
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
  });
  const others = (await readdir(folder)).flatMap((file) => {
    const kind = { ".wasm": "wasm", ".yml": "text" }[extname(file)];
    return kind === undefined ? [] : [`(name = "./${file}", ${kind} = embed "${file}")`];
  });
  // The first is the one that is started.
  const modules = [`(name = "edge.js", esModule = embed "edge.js")`, ...others];
  const texts = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  const bindings = [
    `(name = "PARTITIONS", durableObjectNamespace = "PartitionObject")`,
    `(name = "REGISTRY", durableObjectNamespace = "RegistryObject")`,
    ...texts,
  ];
  return await writeWorkerdConfig(
    folder,
    modules,
    `${OBJECTS}\n  bindings = [${bindings.join(", ")}],`,
    v8Flags,
  );
}

/** `more`: what the worker has besides its modules. */
export async function writeWorkerdConfig(
  folder: string,
  modules: readonly string[],
  more: string,
  v8Flags: readonly string[] = [],
): Promise<string> {
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
  v8Flags = [${v8Flags.map((flag) => JSON.stringify(flag)).join(", ")}],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-10-20",
  compatibilityFlags = ["nodejs_compat"],${more}
);
`,
  );
  return file;
}
