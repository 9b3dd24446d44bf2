import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig, defineProject } from "vitest/config";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** A site with these variables besides those of wrangler.toml, and its tests beside it in one isolate. `file` stands in for `edge.yml`. */
function site(
  name: string,
  variables: Readonly<Record<string, string>>,
  include: readonly string[],
  file?: string,
) {
  return defineProject({
    root: ROOT,
    assetsInclude: ["**/*.gz"],
    resolve: {
      alias: [
        {
          find: /.*\/layout-text-module\.ts$/,
          replacement: `${ROOT}test/edge/workerd/layout-text-module.ts`,
        },
        ...(file === undefined ? [] : [{ find: /.*\/edge\.yml$/, replacement: ROOT + file }]),
      ],
    },
    plugins: [
      cloudflareTest({
        wrangler: { configPath: `${ROOT}wrangler.toml` },
        miniflare: { bindings: { SLUICE_OPEN: "true", SLUICE_PARTITIONS: "4", FLAGS: "", ...variables } },
      }),
    ],
    test: {
      name,
      include: [...include],
      // Those two read files, which workerd has none of: `captures.test.ts` here pushes what the first would.
      exclude: [
        "**/node_modules/**",
        "test/core/relay/captures.test.ts",
        "test/core/relay/histories.test.ts",
      ],
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  });
}

const CONFORMANCE = "test/edge/workerd/conformance.test.ts";

/** What runs inside workerd: the site itself, and suites of the core that need no files. */
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      site("edge", {}, [
        "test/edge/workerd/*.test.ts",
        "test/edge/workerd/large/*.test.ts",
        "test/core/relay/**/*.test.ts",
        "test/platform/config-file/parse-config-file.test.ts",
      ]),
      site(
        "bounds",
        {
          SLUICE_LIMIT_HELD_BYTES: "1MiB",
          SLUICE_LIMIT_INFLIGHT_BYTES: "100KiB",
          SLUICE_LIMIT_BODY_BYTES: "50KiB",
        },
        ["test/edge/workerd/bounds/*.test.ts"],
      ),
      site(
        "forwarding",
        {
          SLUICE_FORWARD_URL: "https://centre.example/below",
          SLUICE_FORWARD_ID: "edge-1",
          SLUICE_FORWARD_TOKEN: "a-token-of-the-centre",
        },
        ["test/edge/workerd/forwarding/*.test.ts"],
      ),
      site("rules", {}, ["test/edge/workerd/rules/*.test.ts"], "test/edge/workerd/rules/edge.yml"),
      site("UTF-8 names", { FLAGS: "--push.enable-utf8-names", SLUICE_PUSH_ENABLE_UTF8_NAMES: "true" }, [
        CONFORMANCE,
      ]),
      site(
        "unchecked pushes",
        { FLAGS: "--push.disable-consistency-check", SLUICE_PUSH_DISABLE_CONSISTENCY_CHECK: "true" },
        [CONFORMANCE],
      ),
    ],
  },
});
