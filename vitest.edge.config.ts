import { defineConfig } from "vitest/config";

/** A site under `wrangler dev`, with a real Prometheus. */
export default defineConfig({
  test: {
    include: ["test/edge/local/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
