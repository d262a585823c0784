import { startReceiver, type TestReceiver } from "#testing/message-receivers.ts";
import { callAsAgent, expect, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "alerts", environment: { WEBHOOK_ALLOWED_NETWORKS: "127.0.0.1" } } });

let ada: StackPerson;
let olga: StackPerson;
let receiver: TestReceiver;
let virtualKey: string;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  olga = await stack.addPerson("Olga Tokarczuk", "owner");
  receiver = await startReceiver();
  const agent = await stack.gateway.addAgent("builder");
  virtualKey = agent.key;
  const { pool } = stack.gateway;
  await pool.query("UPDATE agent_ownership SET owner_id = $1 WHERE id = $2", [olga.id, agent.id]);
  await pool.query(
    `INSERT INTO agent_budgets (agent_id, daily_limit_nano_usd, action_on_exceed, warning_thresholds, updated_by)
     VALUES ($1, 1000000000, 'warn', '{40, 80}', 'Ada Lovelace')`,
    [agent.id],
  );
});

test.afterAll(() => receiver.close());

test("a channel is added and tried out; its address is not shown again", async ({ page, signIn }) => {
  await signIn(ada);
  await page.getByRole("link", { name: "Notifications" }).click();
  await expect(page.getByText("Nobody is told yet")).toBeVisible();
  await page.getByRole("button", { name: "Add a channel" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a channel" });
  await dialog.getByRole("radio", { name: "Webhook" }).click();
  await dialog.getByLabel("Address").fill("http://192.168.3.4/hook");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("This address is private");
  await dialog.getByLabel("Address").fill(receiver.url);
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("dialog", { name: "The webhook's secret" }).locator("code")).toHaveText(/^whsec_/);
  await page.getByRole("button", { name: "Close, I have the secret" }).click();

  await page.getByRole("button", { name: "Send a test on Webhook" }).click();
  const host = `127.0.0.1:${receiver.port}`;
  await expect(page.getByText(`Delivered to ${host}.`)).toBeVisible();
  expect(receiver.hooks.map(({ body }) => JSON.parse(body).type)).toEqual(["test"]);
  await expect(page.getByRole("row", { name: /Test of the channel Webhook.*delivered/ })).toBeVisible();
  expect(await page.content()).not.toMatch(/\/hook\b|whsec_/);
});

test("a call that crosses a threshold rings the bell at once, and the webhook", async ({ page, signIn, stack }) => {
  await signIn(ada);
  await expect(page.getByRole("button", { name: "Alerts, none new" })).toBeVisible();
  await expect(page.getByText("Figures are live")).toBeVisible();
  expect(await callAsAgent(stack, virtualKey)).toBe(200);
  await expect(page.getByRole("button", { name: "Alerts, 1 new" })).toBeVisible();

  await page.getByRole("button", { name: "Alerts, 1 new" }).click();
  const newest = page.getByRole("dialog", { name: "Newest alerts" });
  await expect(newest.getByText("builder has spent 40 % of its daily limit")).toBeVisible();
  await expect(newest.getByText("new", { exact: true })).toBeVisible();
  await newest.getByRole("link", { name: "All alerts" }).click();
  await page.waitForURL("**/alerts");
  await expect(page.getByRole("button", { name: "Alerts, none new" })).toBeVisible();
  const alert = page.getByRole("article", { name: "builder has spent 40 % of its daily limit" });
  await expect(alert).toContainText("Spent$0.45");
  await expect(alert).toContainText("Limit$1.00");
  await expect(alert.getByRole("link", { name: "1 delivered" })).toBeVisible();
  expect(receiver.hooks.map(({ body }) => JSON.parse(body).type)).toContain("alert.threshold");

  await page.getByLabel("Kind").selectOption("Requests");
  await expect(page.getByText("None of this kind")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Kind")).toHaveValue("request");
});

test("the bell opens and closes by keyboard and gives the focus back", async ({ page, signIn }) => {
  await signIn(olga);
  const bell = page.getByRole("button", { name: /^Alerts, / });
  await bell.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Newest alerts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Newest alerts" })).toBeHidden();
  await expect(bell).toBeFocused();
});

test("what an owner asks for is granted from the alert; the owner reads the answer and has no buttons", async ({
  page,
  signIn,
  stack,
}) => {
  await stack.gateway.pool.query(ASK, [olga.id]);
  await signIn(ada);
  await page.goto("/alerts");
  const headline = "Olga Tokarczuk asks for $5.00 more a day for builder";
  const request = page.getByRole("article", { name: headline });
  await expect(request).toContainText("Reasonrelease day");
  await request.getByRole("button", { name: `Grant: ${headline}` }).click();
  await expect(request).toContainText("Granted by Ada Lovelace");
  await expect(request.getByRole("button")).toHaveCount(0);

  await page.context().clearCookies();
  await signIn(olga);
  await page.goto("/alerts");
  await expect(page.getByRole("article", { name: headline })).toContainText("Granted by Ada Lovelace");
  await expect(page.getByRole("link", { name: "Who is told, and how" })).toHaveCount(0);
});

test("alerts that cannot be loaded say so", async ({ page, signIn, faults }) => {
  await signIn(ada);
  await page.route("**/api/trpc/**alerts.list**", (route) => route.abort());
  await page.getByRole("button", { name: /^Alerts, / }).click();
  await expect(page.getByRole("dialog", { name: "Newest alerts" }).getByRole("alert")).toContainText(
    "The portal could not be reached.",
    { timeout: 15_000 },
  );
  faults.length = 0;
});

const ASK = `
WITH asked AS (
  INSERT INTO budget_increases (scope, agent_id, period, amount_nano_usd, reason, state, requested_by, requested_by_name, starts_at, ends_at)
  SELECT 'agent', id, 'day', 5000000000, 'release day', 'requested', $1, 'Olga Tokarczuk', now(), now() + interval '6 hours'
  FROM agent_ownership RETURNING id, agent_id
)
INSERT INTO alerts (kind, budget, agent_id, increase_id, period, period_start, limit_nano_usd, spent_nano_usd, crossed_at)
SELECT 'request', 'agent:' || agent_id, agent_id, id, 'day', date_trunc('day', now()), 1000000000, 450000000, now() FROM asked`;
