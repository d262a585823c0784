import path from "node:path";

import { formatUsd } from "#domain/money.ts";

import { expect, openGuestPage, test } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "overview" } });

const SCREENSHOTS = path.resolve(import.meta.dirname, "../../test-results/portal");

let ada: StackPerson;
let grace: StackPerson;
let nobody: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
  nobody = await stack.addPerson("Alan Turing", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "builder" ? grace.id : ada.id));
});

test("an admin sees what the fleet costs, as the ledger has it, and from there goes to the agent that spends most", async ({
  page,
  signIn,
  stack,
}) => {
  const sum = async (where: string) => {
    const { rows } = await stack.gateway.pool.query<{ cost: bigint; calls: bigint }>(
      `SELECT coalesce(sum(cost_nano_usd), 0)::bigint AS cost, count(*) AS calls FROM llm_requests WHERE ${where}`,
    );
    return rows[0] ?? { cost: 0n, calls: 0n };
  };
  const days = (count: number) =>
    `admitted_at >= date_trunc('day', now(), 'UTC') - interval '${count - 1} days' AND admitted_at <= now()`;
  await signIn(ada);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Overview" }).click();
  await page.waitForURL("**/overview");
  const budgets = page.getByRole("region", { name: "Budgets" });
  const health = page.getByRole("region", { name: "Gateway and Helicone" });
  const { rows: counted } = await stack.gateway.pool.query<{ agents: bigint }>(
    "SELECT count(*) AS agents FROM agent_ownership WHERE removed_at IS NULL",
  );
  const shownAgents = async () =>
    (await budgets.locator("dd").allTextContents()).reduce((sum, text) => sum + Number(text), 0);
  await expect.poll(shownAgents).toBe(Number(counted[0]?.agents));
  await expect(health).toContainText("Reporting, seen");
  await expect(health).toContainText("Turned off");
  const figure = (name: string) => page.locator("dl > div", { has: page.getByText(name, { exact: true }) }).first();
  await expect(figure("Today")).toContainText(formatUsd((await sum(days(1))).cost));
  await expect(figure("7 days")).toContainText(formatUsd((await sum(days(7))).cost));
  await expect(figure("30 days")).toContainText(formatUsd((await sum(days(30))).cost));
  await expect(figure("7 days")).toContainText("the 7 days before");

  const dearest = await stack.gateway.pool.query<{ agent_name: string; cost: bigint }>(
    `SELECT agent_name, sum(cost_nano_usd)::bigint AS cost FROM llm_requests
     JOIN agent_ownership ON agent_ownership.id = agent_id WHERE ${days(30)} GROUP BY 1 ORDER BY 2 DESC LIMIT 1`,
  );
  const { agent_name: name = "", cost = 0n } = dearest.rows[0] ?? {};
  await page.getByRole("radio", { name: "30 days" }).click();
  await page.waitForURL("**/overview?days=30");
  const first = page.getByRole("table", { name: "Cost by agent", exact: true }).getByRole("row").nth(1);
  await expect(first).toContainText(name);
  await expect(first).toContainText(formatUsd(cost));
  const chart = page.getByRole("table", { name: "Cost by day and agent" });
  await expect(chart.getByRole("row")).toHaveCount(31);
  await page.getByRole("radio", { name: "By model" }).click();
  await expect(page.getByRole("table", { name: "Cost by day and model" })).toContainText("claude-opus-4-8");
  await first.getByRole("link", { name }).click();
  await page.waitForURL(`**/agents/${name}`);
});

test("an owner sees the own agents only, and one without agents what comes next", async ({
  page,
  signIn,
  stack,
  browser,
}) => {
  await signIn(grace);
  await page.goto("/overview");
  await expect(page.getByRole("heading", { name: "Overview of your agents" })).toBeVisible();
  const agents = page.getByRole("table", { name: "Cost by agent", exact: true });
  await expect(agents.getByRole("row")).toHaveCount(2);
  await expect(agents).toContainText("builder");
  await expect(page.getByText("Top owners")).toHaveCount(0);

  const guest = await openGuestPage(browser, stack);
  await signIn(nobody, guest);
  await guest.goto("/overview");
  await expect(guest.getByText("No agent has called yet")).toBeVisible();
  await guest.context().close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, viewport] of Object.entries({
    wide: { width: 1440, height: 900 },
    narrow: { width: 390, height: 844 },
    huge: { width: 2560, height: 1300 },
  })) {
    test.describe(`${colorScheme}, ${width}`, () => {
      test.use({ colorScheme, viewport, contextOptions: { reducedMotion: "reduce" } });

      test("fits the screen, with its chart", async ({ page, signIn }) => {
        await signIn(ada);
        await page.goto("/overview?days=30");
        await expect(page.locator(".recharts-surface").first()).toBeVisible();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow).toBeLessThanOrEqual(0);
        await page.screenshot({ path: path.join(SCREENSHOTS, `overview-${colorScheme}-${width}.png`), fullPage: true });
      });
    });
  }
}
