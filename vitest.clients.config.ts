import { defineConfig } from "vitest/config";

/** The client libraries of a Pushgateway, each from its own registry. Building them takes minutes the first time. */
export default defineConfig({
  test: {
    include: ["test/clients/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 1_200_000,
  },
});
