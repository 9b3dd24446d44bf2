import { defineConfig } from "vitest/config";

/** Everything that needs no other program; `vitest.e2e.config.ts` has the rest. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/edge/local/**",
      "test/edge/workerd/**",
      "test/e2e/**",
      "test/monitoring/**",
      "test/clients/**",
      "test/differential/**",
      "test/flink/**",
    ],
    // Relays and child processes start in many tests at once, on machines of two cores too.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
