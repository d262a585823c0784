import { defineConfig } from "@playwright/test";

import { findChromium } from "./scripts/ensure-chromium.mjs";

/** A browser that does nothing but what the tests ask of it. */
const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-first-run",
];

/**
 * The pages, in a real browser, on the real stack. One after the other: two cores must do. `npm test` names what needed its
 * second try.
 */
export default defineConfig({
  testMatch: "*.spec.ts",
  projects: [
    { name: "portal", testDir: "e2e/portal", outputDir: "test-results/browser" },
    // Last, and in a run of its own by `npm test`: a browser takes it ill when networks come and go beside it.
    { name: "docker", testDir: "e2e/docker", outputDir: "test-results/browser-docker" },
  ],
  globalSetup: "./e2e/portal/global-setup.ts",
  workers: 1,
  retries: 1,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  use: {
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_ARGS },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
