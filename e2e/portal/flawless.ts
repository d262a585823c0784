import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { expect, type Page } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = path.resolve(import.meta.dirname, "../../test-results/portal");

/** No fault that axe finds, nothing wider than the screen; leaves a screenshot. */
export async function expectFlawless(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("load");
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
  await page.evaluate(AXE); // not as a script of the page: its policy would not let it run
  const faults = await page.evaluate(runAxe);
  expect(faults, name).toEqual([]);
  const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflowPx, `${name} is wider than the screen`).toBeLessThanOrEqual(0);
}

type AxeResults = { violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] };

/** Runs in the page. */
async function runAxe(): Promise<string[]> {
  const { axe } = window as unknown as { axe: { run: () => Promise<AxeResults> } }; // the script has just put it there
  const { violations } = await axe.run();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 200)} ${failureSummary ?? ""}`),
  );
}
