import { defineConfig } from "vitest/config";

const INTEGRATION = "**/*.integration.test.ts";
const CLAUDE_CODE = "e2e/{claude-code,agent-server}/**/*.integration.test.ts";
const CONTAINERS = "e2e/docker/**/*.integration.test.ts";
/** Not ours, or copies of ours. */
const INSTALLED = "**/{node_modules,.next,.cache,.data,.data-demo,dist}/**";

/** They put something else in a module's place, which nobody else may meet. */
const REPLACED_MODULES = "src/gateway/journal*.test.ts";

/** Real servers and processes, one file at a time: two cores must do. `npm test` names what needed its second try. */
const PROCESSES = {
  globalSetup: "src/testing/database-setup.ts",
  pool: "forks",
  fileParallelism: false,
  retry: 1,
  testTimeout: 120_000,
  hookTimeout: 600_000,
} as const;

const UNIT = { testTimeout: 10_000 } as const;

/** `unit` needs no database. `claude-code` runs the real CLI, which its set-up downloads. `docker` runs a real engine. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.{ts,tsx}", "e2e/**/*.test.ts", "bench/**/*.test.ts"],
          exclude: [INTEGRATION, REPLACED_MODULES, INSTALLED],
          isolate: false, // a process for each file would take longer than the tests
          ...UNIT,
        },
      },
      { test: { name: "unit-isolated", include: [REPLACED_MODULES], exclude: [INTEGRATION, INSTALLED], ...UNIT } },
      {
        test: {
          name: "integration",
          include: [INTEGRATION],
          exclude: [CLAUDE_CODE, CONTAINERS, INSTALLED],
          ...PROCESSES,
        },
      },
      { test: { name: "claude-code", include: [CLAUDE_CODE], exclude: [INSTALLED], ...PROCESSES } },
      {
        test: {
          name: "docker",
          include: [CONTAINERS],
          exclude: [INSTALLED],
          ...PROCESSES,
          globalSetup: "src/testing/docker-setup.ts",
        },
      },
    ],
  },
});
