import type { Page } from "@playwright/test";

import { callAsAgent, expect, openGuestPage, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "limits" } });

let ada: StackPerson;
let olga: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  olga = await stack.addPerson("Olga Taussky", "owner");
});

const settled = (call: () => Promise<number>, status: number) =>
  expect(async () => expect(await call()).toBe(status)).toPass({ timeout: 20_000 });

test("a pool's budget stops its agents, and raising it lets them go on", async ({ page, signIn, stack }) => {
  const first = await stack.gateway.addAgent("pool-one");
  const second = await stack.gateway.addAgent("pool-two");
  await signIn(ada);
  await page.getByRole("link", { name: "Budgets" }).click();
  await page.waitForURL("**/budgets");

  await test.step("the pool is made, limited, and filled", async () => {
    await page.getByRole("button", { name: "New pool" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Research");
    await page.getByRole("button", { name: "Make the pool" }).click();
    const limits = page.getByRole("dialog", { name: "Limits of “Research”" });
    await limits.getByLabel("Daily limit").fill("-1");
    await expect(limits.getByText("cannot be negative")).toBeVisible();
    await limits.getByLabel("Daily limit").fill("0.90");
    await limits.getByLabel("Block").check();
    await limits.getByRole("button", { name: "Save limits" }).click();
    await expect(limits.getByText("Saved. It is in force for the next call.")).toBeVisible();
    await page.keyboard.press("Escape");
    await choose(page, "pool-one", "pool-two");
    await page.getByLabel("Put into a pool").selectOption({ label: "Research" });
    await expect(page.getByRole("row", { name: /Research.*2.*\$0\.90 a day; blocks/ })).toBeVisible();
  });

  await test.step("what one of them spends counts for both", async () => {
    expect(await callAsAgent(stack, first.key)).toBe(200);
    await expect(page.getByRole("row", { name: /Research/ }).first()).toContainText("50 % of $0.90 today");
    expect(await callAsAgent(stack, second.key)).toBe(200);
    await expect(page.getByRole("row", { name: /Research/ }).first()).toContainText("Blocked");
    await settled(() => callAsAgent(stack, first.key), 402);
    await settled(() => callAsAgent(stack, second.key), 402);
  });

  await test.step("the agent's page says whose budget it is", async () => {
    await page.goto("/agents/pool-one?tab=budget");
    await expect(page.getByText("Blocked: the budget of its pool “Research” is used up.")).toBeVisible();
    await expect(page.getByText("Shared with the pool “Research”")).toBeVisible();
  });

  await test.step("raising the pool's limit lets both go on", async () => {
    await page.goto("/budgets");
    await page.getByRole("button", { name: "Actions for the pool Research" }).click();
    await page.getByRole("menuitem", { name: "Edit the limits…" }).click();
    await page.getByLabel("Daily limit").fill("50");
    await page.getByRole("button", { name: "Save limits" }).click();
    await settled(() => callAsAgent(stack, first.key), 200);
    await settled(() => callAsAgent(stack, second.key), 200);
  });
});

test("an owner asks for more, and what an admin grants is in force for the next call", async ({
  page,
  browser,
  signIn,
  stack,
}) => {
  const { key, id } = await stack.gateway.addAgent("asking", { day: 450_000_000n, action: "block" });
  await stack.gateway.pool.query("UPDATE agent_ownership SET owner_id = $2 WHERE id = $1", [id, olga.id]);
  expect(await callAsAgent(stack, key)).toBe(200);
  await settled(() => callAsAgent(stack, key), 402);

  await signIn(olga);
  await page.goto("/agents/asking?tab=budget");
  await page.getByRole("button", { name: "Ask for more…" }).click();
  await page.getByLabel("How much more").fill("$5");
  await expect(page.getByText("without a currency")).toBeVisible();
  await page.getByLabel("How much more").fill("5");
  await page.getByLabel("Reason").fill("the release is today");
  await page.getByRole("button", { name: "Ask for it" }).click();
  const asked = page.getByRole("listitem").filter({ hasText: "$5.00 more a day" });
  await expect(asked).toContainText("waiting");
  await expect(asked.getByRole("button", { name: "Grant" })).toHaveCount(0);

  const adas = await openGuestPage(browser, stack);
  await signIn(ada, adas);
  await adas.goto("/budgets");
  await expect(adas.getByText("“the release is today”", { exact: false })).toBeVisible();
  await adas.getByRole("button", { name: "Grant" }).click();
  await expect(adas.getByRole("button", { name: "Grant" })).toHaveCount(0);
  await settled(() => callAsAgent(stack, key), 200);

  await page.reload();
  await expect(asked).toContainText("in force");
  await expect(page.getByText("16 % of $5.45 today").first()).toBeVisible();
  await adas.goto("/agents/asking?tab=budget");
  await adas.getByRole("button", { name: "End now" }).click();
  await settled(() => callAsAgent(stack, key), 402);
});

test("a rate limit holds an agent back, and its page shows it live", async ({ page, signIn, stack }) => {
  const { key } = await stack.gateway.addAgent("hasty");
  await signIn(ada);
  await page.goto("/agents/hasty?tab=limits");
  await page.getByLabel("Requests per minute").fill("0");
  await expect(page.getByText("to stop the agent, pause it")).toBeVisible();
  await page.getByLabel("Requests per minute").fill("2");
  await page.getByRole("button", { name: "Save rate limits" }).click();
  await expect(page.getByText("0 of 2 requests")).toBeVisible();

  expect(await callAsAgent(stack, key)).toBe(200);
  expect(await callAsAgent(stack, key)).toBe(200);
  await expect(page.getByText("2 of 2 requests")).toBeVisible();
  expect(await callAsAgent(stack, key)).toBe(429);
  await expect(page.getByText("1 call refused in the last hour")).toBeVisible();
  await page.getByRole("button", { name: /^Follow the default/ }).click();
  await expect(page.getByText("2 requests, no limit")).toBeVisible();
  expect(await callAsAgent(stack, key)).toBe(200);
});

test("a paused agent is refused until it is resumed, and its owner reads why", async ({ page, signIn, stack }) => {
  const { key, id } = await stack.gateway.addAgent("looping");
  await stack.gateway.pool.query("UPDATE agent_ownership SET owner_id = $2 WHERE id = $1", [id, olga.id]);
  await signIn(ada);
  await page.goto("/agents/looping?tab=budget");
  await page.getByRole("button", { name: "Pause…" }).click();
  await page.getByLabel("Reason").fill("it goes in circles");
  await page.getByRole("button", { name: "Pause the agent" }).click();
  await expect(page.getByText(/Paused by Ada Lovelace.*it goes in circles/)).toBeVisible();
  await settled(() => callAsAgent(stack, key), 402);
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await expect(page.getByText(/Paused by/)).toHaveCount(0);
  await settled(() => callAsAgent(stack, key), 200);
});

test("several agents are changed together, and nobody's change is overwritten unseen", async ({
  page,
  signIn,
  stack,
}) => {
  await stack.gateway.addAgent("bulk-one");
  await stack.gateway.addAgent("bulk-two");
  await signIn(ada);
  await page.goto("/budgets");
  await page.getByLabel("Search agents by name or pool").fill("bulk");
  await page.getByLabel("Choose all agents shown").check();
  await page.getByRole("button", { name: "Edit limits…" }).click();
  await page.getByLabel("Change the daily limit").check();
  await page.getByLabel("Daily limit", { exact: true }).fill("7");
  await stack.gateway.pool.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, action_on_exceed, updated_by)
     SELECT id, 1, 'block', 'Grace Hopper' FROM agent_ownership WHERE agent_name = 'bulk-two'`,
  );
  await page.getByRole("button", { name: "Save for all" }).click();
  await expect(page.getByText("Grace Hopper saved other limits", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Save for all" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  for (const name of ["bulk-one", "bulk-two"]) {
    await expect(page.getByRole("row", { name: new RegExp(name) })).toContainText("of $7.00");
  }
});

async function choose(page: Page, ...names: string[]): Promise<void> {
  for (const name of names) await page.getByLabel(`Choose ${name}`).check();
}
