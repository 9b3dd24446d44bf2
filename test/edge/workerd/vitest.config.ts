import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** What runs inside workerd: the site itself, and suites of the core that need no files. */
export default defineConfig({
  root: ROOT,
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${ROOT}wrangler.toml` },
      miniflare: { bindings: { SLUICE_OPEN: "true", SLUICE_PARTITIONS: "4" } },
    }),
  ],
  test: {
    include: ["test/edge/workerd/*.test.ts", "test/core/relay/**/*.test.ts"],
    // Those two read files, which workerd has none of: `captures.test.ts` here pushes what the first would.
    exclude: ["**/node_modules/**", "test/core/relay/captures.test.ts", "test/core/relay/histories.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
