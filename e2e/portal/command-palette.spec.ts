import type { Page } from "@playwright/test";

import { expectFlawless } from "./flawless.ts";
import { expect, test } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "command-palette" } });

let ada: StackPerson;
let grace: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "reviewer" ? grace.id : ada.id));
});

const buttonOf = (page: Page) => page.getByRole("button", { name: "Go to…" });
const windowOf = (page: Page) => page.getByRole("dialog", { name: "Go to a page or an agent" });
const fieldOf = (page: Page) => windowOf(page).getByRole("combobox");

/** By the keyboard, once the page listens to it. */
async function openByKeys(page: Page): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(fieldOf(page)).toBeFocused({ timeout: 500 });
  }).toPass();
}

test("an agent is a few letters and Enter away", async ({ page, signIn }) => {
  await signIn(ada);
  await openByKeys(page);
  await fieldOf(page).fill("ightly");
  const agent = windowOf(page).getByRole("option", { name: "nightly-docs" });
  await expect(agent).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/agents\/nightly-docs$/);
  await expect(windowOf(page)).toHaveCount(0);
  await expect(page.getByRole("main")).toBeFocused();
});

test("arrows go through pages and agents, and the field says which one is chosen", async ({ page, signIn }) => {
  await signIn(ada);
  await openByKeys(page);
  const options = windowOf(page).getByRole("option");
  await expect(options.filter({ hasText: "builder" })).toHaveCount(1);
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  const chosen = windowOf(page).getByRole("option", { selected: true });
  await expect(chosen).toHaveText("Agents");
  await expect(fieldOf(page)).toHaveAttribute("aria-activedescendant", (await chosen.getAttribute("id")) ?? "none");
  await fieldOf(page).fill("no such name");
  await expect(options).toHaveCount(0);
  await expect(windowOf(page).getByRole("status")).toHaveText("No page and no agent has this in its name.");
});

test("Escape closes it, and the focus is where it was", async ({ page, signIn }) => {
  await signIn(ada);
  await buttonOf(page).click();
  await expect(fieldOf(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(windowOf(page)).toHaveCount(0);
  await expect(buttonOf(page)).toBeFocused();
});

test("it does not open over a window that would be lost", async ({ page, signIn }) => {
  await signIn(ada);
  await page.getByRole("button", { name: "New agent" }).click();
  await expect(page.getByRole("dialog", { name: "New agent" })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(windowOf(page)).toHaveCount(0);
  await expect(page.getByRole("dialog", { name: "New agent" })).toBeVisible();
});

test("an owner finds the own agents, and the pages that are open to owners", async ({ page, signIn }) => {
  await signIn(grace);
  await openByKeys(page);
  await expect(windowOf(page).getByRole("option")).toHaveText([
    "Overview",
    "Agents",
    "Requests",
    "Sessions",
    "Alerts",
    "Account",
    /^reviewer/,
  ]);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, viewport] of Object.entries({
    wide: { width: 1440, height: 900 },
    narrow: { width: 390, height: 844 },
  })) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("has no accessibility fault and fits the screen", async ({ page, signIn }) => {
        await signIn(ada);
        await buttonOf(page).click();
        await expect(windowOf(page).getByRole("option", { name: "builder" })).toBeVisible();
        await expectFlawless(page, `command-palette-${colorScheme}-${name}`);
        await fieldOf(page).fill("pri");
        await windowOf(page).getByRole("option", { name: "Prices" }).click();
        await expect(page).toHaveURL(/\/settings\/prices$/);
      });
    });
  }
}
