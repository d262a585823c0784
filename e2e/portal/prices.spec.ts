import { ask } from "#testing/ask.ts";
import { expectFlawless } from "./flawless.ts";
import { expect, openGuestPage, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "prices" } });

let admin: StackPerson;
let owner: StackPerson;
test.beforeAll(async ({ stack }) => {
  admin = await stack.addPerson("Ada Lovelace", "admin");
  owner = await stack.addPerson("Grace Hopper", "owner");
});

test("an admin sets a price for a contract; the second of two admins is told", async ({
  page,
  stack,
  signIn,
  browser,
}) => {
  await signIn(admin);
  await page.goto("/settings/prices");
  await expect(page.getByText("None: every call was charged by the price of its own model.")).toBeVisible();
  const row = page.getByRole("row", { name: /^claude-sonnet-4-5/ });
  await expect(row).toContainText("$3");
  await expect(row).toContainText("Built-in list");
  const other = await openGuestPage(browser, stack);
  await signIn(admin, other);
  await other.goto("/settings/prices");
  await other.getByRole("button", { name: "Change the price of claude-sonnet-4-5" }).click();

  await page.getByRole("button", { name: "Change the price of claude-sonnet-4-5" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Input").fill("1,5");
  await expect(dialog.getByText(/takes no commas/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Save price" })).toBeDisabled();
  await dialog.getByLabel("Input").fill("1.5");
  await expectFlawless(page, "prices-dialog");
  await dialog.getByRole("button", { name: "Save price" }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText("$1.5");
  await expect(row).toContainText(`set by ${admin.name}`);

  await other.getByRole("dialog").getByLabel("Input").fill("2");
  await other.getByRole("button", { name: "Save price" }).click();
  await expect(other.getByRole("alert").filter({ hasText: "meanwhile" })).toBeVisible();
  await expect(row).toContainText("$1.5");
  await other.context().close();

  const saved = await stack.gateway.pool.query(
    "SELECT price #>> '{standard,input}' AS input FROM model_prices WHERE model = 'claude-sonnet-4-5'",
  );
  expect(saved.rows).toEqual([{ input: "1.5" }]);
  await expect(page.getByRole("list", { name: "Changes of prices" })).toContainText("Before: input $3,");
});

test("an unknown model is shown with what it cost, and gets a price", async ({ page, stack, signIn }) => {
  const agent = await stack.gateway.addAgent("agent-unknown");
  await ask(stack.gateway.url, {
    key: agent.key,
    body: { model: "claude-sonnet-99" },
    script: { usage: { input_tokens: 100_000, output_tokens: 10_000 } },
  });
  const [call] = await stack.gateway.ledger(agent, 1);
  expect(call?.priced_as).toBe("family");
  await signIn(admin);
  await page.goto("/settings/prices");
  const seen = page.getByRole("row", { name: /^claude-sonnet-99/ });
  await expect(seen).toContainText("As the dearest of its family");
  const cost = await stack.gateway.pool.query(
    "SELECT round(sum(cost_nano_usd) / 1e9, 2)::text AS usd FROM llm_requests",
  );
  await expect(seen).toContainText(`$${cost.rows[0].usd}`);
  for (const [colorScheme, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    await expectFlawless(page, `prices-${colorScheme}-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("button", { name: "Set a price for claude-sonnet-99" }).click();
  const dialog = page.getByRole("dialog");
  for (const label of ["Input", "Output", "Cache read", "Cache write, 5 min", "Cache write, 1 h"]) {
    await dialog.getByLabel(label, { exact: true }).fill("1");
  }
  await dialog.getByLabel("Holds from (UTC)").fill("2099-01-01T00:00");
  await dialog.getByRole("button", { name: "Save price" }).click();
  await expect(page.getByRole("row", { name: /^later/ })).toContainText("2099-01-01 00:00 UTC");
  await page.getByRole("button", { name: "Remove the price of claude-sonnet-99 from 2099-01-01 00:00 UTC" }).click();
  await page.getByRole("button", { name: "Remove the price", exact: true }).click();
  await expect(page.getByRole("row", { name: /^later/ })).toHaveCount(0);
});

test("the page is not there for an owner", async ({ page, signIn }) => {
  await signIn(owner);
  await page.goto("/settings/prices");
  await expect(page.getByRole("heading", { name: "Prices" })).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Prices" })).toHaveCount(0);
});
