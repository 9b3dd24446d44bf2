import { defineConfig } from "vitest/config";

/** Heavy suites, with real programs. One file at a time: they measure time and need the machine. */
export default defineConfig({
  test: {
    include: ["test/e2e/**/*.test.ts", "test/monitoring/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
