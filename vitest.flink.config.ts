import { defineConfig } from "vitest/config";

/** A real Flink, of Maven Central, and a real Prometheus, of Debian's package. */
export default defineConfig({
  test: {
    include: ["test/flink/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 900_000,
    // What stands behind a step that failed is another cluster than it was written for.
    bail: 1,
  },
});
