import { expect, test } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "states", environment: { TRINITY_DEMO: "1" } } });

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  await seedFleet(stack.gateway.pool, new Date(), () => ada.id);
});

test("demo data is marked on every page, signed in or not", async ({ page, signIn }) => {
  await page.goto("/stopped");
  await expect(page.getByText("Demo data")).toBeVisible();
  await signIn(ada);
  for (const path of ["/agents", "/agents/builder", "/people", "/account", "/nowhere"]) {
    await page.goto(path);
    await expect(page.getByText("Demo data")).toBeVisible();
  }
});

test("a list that cannot be loaded says so and offers another try, instead of looking empty", async ({
  page,
  signIn,
}) => {
  await signIn(ada);
  await page.goto("/account");
  await page.route("**/api/trpc/**", (route) => route.abort());
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("report");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("The portal could not be reached. Check the connection, then try again.")).toBeVisible();
  await page.unroute("**/api/trpc/**");
  await page.getByRole("button", { name: "Make the key" }).click();
  await expect(page.getByText("Your new API key")).toBeVisible();
});

test("the calls of an agent load on demand, with a way back from a failure", async ({ page, signIn }) => {
  await signIn(ada);
  await page.goto("/agents/reviewer");
  await page.route("**/api/trpc/**", (route) => route.abort());
  await page.getByRole("tab", { name: "Requests" }).click();
  await expect(page.getByText("The latest calls could not be loaded.")).toBeVisible({ timeout: 20_000 });
  await page.unroute("**/api/trpc/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("50 calls shown")).toBeVisible();
  await page.getByRole("button", { name: "Load more" }).click();
  await expect(page.getByText("100 calls shown")).toBeVisible();
});

test("estimates and guessed prices are marked where they stand", async ({ page, signIn }) => {
  await signIn(ada);
  await page.goto("/agents/reviewer?tab=requests");
  await expect(page.getByRole("button", { name: /^≈ \$/ }).first()).toBeVisible();
  await page.getByRole("button", { name: "family price" }).first().hover();
  await expect(page.getByRole("tooltip")).toContainText("not on the price list");
});

test("the address holds tab and span, and the back button goes back through them", async ({ page, signIn }) => {
  await signIn(ada);
  await page.goto("/agents/builder?days=30");
  await expect(page.getByRole("radio", { name: "30 days" })).toBeChecked();
  await page.getByRole("tab", { name: "Costs" }).focus();
  const budget = page.getByRole("tab", { name: "Budget" });
  await expect(async () => {
    await page.keyboard.press("ArrowRight");
    await expect(budget).toBeFocused({ timeout: 200 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tab=budget/);
  await page.goBack();
  await expect(page.getByRole("tab", { name: "Costs" })).toHaveAttribute("aria-selected", "true");
});

test("a fault of the portal is told apart from an empty fleet, with a way to try again", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await stack.gateway.pool.query("ALTER TABLE agent_budgets RENAME TO agent_budgets_away");
  await page.goto("/agents");
  await expect(page.getByText("The agents could not be loaded.")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Create the first agent")).toHaveCount(0);
  await stack.gateway.pool.query("ALTER TABLE agent_budgets_away RENAME TO agent_budgets");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "builder" })).toBeVisible();
});

test("when not even the frame can be drawn, the page says that agents are not affected", async ({
  page,
  signIn,
  stack,
  faults,
}) => {
  await signIn(ada);
  await stack.gateway.pool.query("ALTER TABLE users RENAME TO users_away");
  await page.goto("/agents");
  await expect(page.getByText("Something went wrong in the portal. Your agents are not affected.")).toBeVisible();
  await stack.gateway.pool.query("ALTER TABLE users_away RENAME TO users");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "builder" })).toBeVisible();
  faults.length = 0; // the browser was told of the failure, as it should be
});

test("on a narrow screen the places are in a menu", async ({ page, signIn }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(ada);
  await expect(page.getByRole("navigation", { name: "Main" })).toHaveCount(0);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("dialog").getByRole("link", { name: "People" }).click();
  await page.waitForURL("**/people");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("while no gateway reports, figures are lower bounds or unknown, never a zero", async ({ page, signIn, stack }) => {
  await stack.gateway.process().end();
  await stack.gateway.pool.query("UPDATE gateway_instances SET seen_at = now() - interval '3 hours'");
  await signIn(ada);
  await expect(page.getByText(/The gateway is silent: costs since .* are not known yet\./)).toBeVisible();
  const quiet = page.getByRole("row", { name: /new-arrival/ });
  await expect(quiet.getByRole("button", { name: "unknown" }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /builder/ }).getByRole("button", { name: "≥ $2.47" })).toBeVisible();
  await page.goto("/agents/builder");
  await expect(page.getByText("≥ $2.47 today")).toBeVisible();
});

test("an address that cannot be read is answered so, to people and to programs", async ({ page, stack }) => {
  for (const path of ["/agents/%E0%A4%A", "/%ff"]) {
    const answer = await page.request.get(`${stack.portalUrl}${path}`);
    expect([answer.status(), await answer.text()]).toEqual([400, expect.stringContaining("cannot be read")]);
  }
  const call = await page.request.get(`${stack.portalUrl}/api/agents/%E0%A4%A/costs`);
  expect([call.status(), (await call.json()).error.code]).toEqual([400, "invalid_input"]);
});

test("calls are narrowed to those like one of them, with the agent's tags at the call, and back", async ({
  page,
  signIn,
}) => {
  await signIn(ada);
  await page.goto("/agents/builder?tab=requests");
  await page
    .getByRole("button", { name: /^Details of the call/ })
    .first()
    .click();
  await expect(page.getByText("Agent at the call")).toBeVisible();
  await expect(page.getByText(/^Ada Lovelace · /)).toBeVisible();
  await page.getByRole("button", { name: "Only this model" }).click();
  await expect(page.getByText(/^Only model claude-/)).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toBeVisible();
  await page.getByRole("button", { name: "Show all calls" }).click();
  await expect(page.getByText(/^Only model/)).toBeHidden();
});
