import { expectFlawless } from "./flawless.ts";
import { expect, test } from "./portal-test.ts";
import { seedAlerts } from "./seed-alerts.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "accessibility" } });

const PUBLIC_PAGES = { login: "/login", welcome: "/welcome", stopped: "/stopped", "not-found": "/nowhere" };
const PAGES = {
  overview: "/overview?days=30",
  agents: "/agents",
  costs: "/agents/builder?days=30",
  calls: "/agents/reviewer?tab=requests",
  budget: "/agents/support-triage?tab=budget",
  "rate-limits": "/agents/builder?tab=limits",
  connect: "/agents/builder?tab=connect",
  settings: "/agents/nightly-docs?tab=settings",
  "no-calls-yet": "/agents/new-arrival",
  budgets: "/budgets",
  alerts: "/alerts",
  "no-such-alerts": "/alerts?kind=runaway&agent=new-arrival",
  notifications: "/settings/notifications",
  "helicone-off": "/observability",
  "helicone-settings-off": "/settings/observability",
  "reconciliation-off": "/observability/reconciliation",
  retention: "/settings/retention",
  people: "/people",
  account: "/account",
  "another-s-agent": "/agents/nobody-here",
};
const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "experiments" ? null : ada.id));
  await seedAlerts(stack.gateway.pool);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    test.describe(`${colorScheme}, ${width}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("public pages have no accessibility fault and fit the screen", async ({ page }) => {
        for (const [name, address] of Object.entries(PUBLIC_PAGES)) {
          await page.goto(address);
          await expectFlawless(page, `${name}-${colorScheme}-${width}`);
        }
      });

      test("signed-in pages have no accessibility fault and fit the screen", async ({ page, signIn }) => {
        await signIn(ada);
        for (const [name, address] of Object.entries(PAGES)) {
          await page.goto(address);
          await expectFlawless(page, `${name}-${colorScheme}-${width}`);
        }
      });

      test("dialogs have no accessibility fault and hold the focus", async ({ page, signIn }) => {
        await signIn(ada);
        await page.getByRole("button", { name: "New agent" }).click();
        await expectFlawless(page, `new-agent-${colorScheme}-${width}`);
        for (let presses = 0; presses < 12; presses += 1) {
          await page.keyboard.press("Tab");
          await expect(page.getByRole("dialog").locator(":focus")).toHaveCount(1);
        }
        await page.keyboard.press("Escape");
        await expect(page.getByRole("button", { name: "New agent" })).toBeFocused();
        await page.goto("/agents/reviewer?tab=requests");
        await page
          .getByRole("button", { name: /^Details of the call/ })
          .first()
          .click();
        await expectFlawless(page, `call-details-${colorScheme}-${width}`);
      });

      test("the dialogs of limits have no accessibility fault", async ({ page, signIn }) => {
        await signIn(ada);
        await page.goto("/budgets");
        await page.getByLabel("Choose builder").check();
        await page.getByRole("button", { name: "Edit limits…" }).click();
        await page.getByLabel("Change the daily limit").check();
        await expectFlawless(page, `bulk-limits-${colorScheme}-${width}`);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Set a cap…" }).click();
        await page.getByText("Warnings, time zone and running calls").click();
        await expectFlawless(page, `fleet-limits-${colorScheme}-${width}`);
        await page.goto("/agents/support-triage?tab=budget");
        await page.getByRole("button", { name: "Give more…" }).click();
        await expectFlawless(page, `increase-${colorScheme}-${width}`);
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Pause…" }).click();
        await expectFlawless(page, `pause-${colorScheme}-${width}`);
      });

      test("the bell and the dialogs of channels have no accessibility fault", async ({ page, signIn }) => {
        await signIn(ada);
        await page.getByRole("button", { name: /^Alerts, / }).click();
        await expect(page.getByRole("dialog", { name: "Newest alerts" }).getByRole("link")).not.toHaveCount(1);
        await expectFlawless(page, `bell-${colorScheme}-${width}`);
        await page.goto("/settings/notifications");
        await page.getByRole("button", { name: "Add a channel" }).click();
        await page.getByRole("radio", { name: "Webhook" }).click();
        await expectFlawless(page, `new-channel-${colorScheme}-${width}`);
      });
    });
  }
}
