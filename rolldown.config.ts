import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "rolldown";

/** They find files of their own, or native parts, beside themselves. */
const NOT_BUNDLED = ["msgpackr", "piscina"];

/** The published package. docs/decisions/start.md says why it is bundles. */
export default defineConfig({
  input: {
    main: "src/node/main.ts",
    thread: "workers/thread.ts",
    password: "workers/password.ts",
  },
  platform: "node",
  tsconfig: false,
  transform: { target: "node24" },
  external: NOT_BUNDLED,
  output: {
    // One folder, as deep as src/node: what modules there find beside themselves, bundles find too.
    dir: "dist/src",
    entryFileNames: "node/[name].js",
    chunkFileNames: "node/[name].js",
  },
  plugins: [otherFiles(), thirdPartyLicenses()],
});

/** What Node is started with, and what the threads read. */
function otherFiles(): Plugin {
  return {
    name: "other-files",
    generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: "node/sluice.js",
        source: readFileSync("src/node/sluice.js"),
      });
      const source = readFileSync("src/wasm/layout-text.wasm");
      this.emitFile({ type: "asset", fileName: "wasm/layout-text.wasm", source });
    },
  };
}

/** The licenses of all packages that the bundles hold something of: they ask that their text comes along. */
function thirdPartyLicenses(): Plugin {
  return {
    name: "third-party-licenses",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = Map.groupBy(modules.filter(isThirdParty), packageFolder);
      const sections = [...folders.keys()]
        .toSorted()
        .map((folder) => licenseOf(folder, folders.get(folder) ?? []));
      const source = sections.join(`\n${"-".repeat(80)}\n\n`);
      this.emitFile({ type: "asset", fileName: "node/THIRD-PARTY-LICENSES.txt", source });
    },
  };
}

function isThirdParty(module: string): boolean {
  return module.includes("/node_modules/");
}

function packageFolder(module: string): string {
  const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module)?.[0];
  if (folder === undefined) throw new Error(`${module} belongs to no package`);
  return folder;
}

function licenseOf(folder: string, modules: readonly string[]): string {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  // Some packages tell it at the head of each file alone.
  const texts =
    file === undefined ? new Set(modules.map(headOf)) : [readFileSync(join(folder, file), "utf8")];
  const text = [...texts].filter(Boolean).join("\n");
  if (text === "") throw new Error(`${folder} has no text of its license`);
  return `${String(about["name"])} ${String(about["version"])}: ${String(about["license"])}\n\n${text}`;
}

/** The comment that a module begins with. */
function headOf(module: string): string {
  return existsSync(module) ? (/^(?:\/\/.*\n)+/.exec(readFileSync(module, "utf8"))?.[0] ?? "") : "";
}
