import { defineConfig } from "vitest/config";

/** Beside a real Pushgateway, of Debian's package. */
export default defineConfig({
  test: {
    include: ["test/differential/**/*.test.ts"],
    testTimeout: 7_200_000,
    hookTimeout: 300_000,
  },
});
