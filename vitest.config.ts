import { defineConfig } from "vitest/config";

const INTEGRATION = "**/*.integration.test.ts";

/** `unit` needs no database. `integration` starts real servers and processes, one file at a time: two cores must do. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}", "e2e/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: [INTEGRATION, "**/node_modules/**"],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: "integration",
          include: [INTEGRATION],
          exclude: ["**/node_modules/**"],
          globalSetup: ["src/testing/database-setup.ts"],
          pool: "forks",
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
