import { defineConfig, devices } from "@playwright/test";

import { findChromium } from "./scripts/ensure-chromium.mjs";

/** Each spec starts the servers it needs; one at a time, so that two cores are enough. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results/playwright",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    launchOptions: { executablePath: findChromium() },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    timezoneId: "UTC",
    locale: "en-US",
  },
});
