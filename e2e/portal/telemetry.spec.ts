import { metricsExport, type SentPoint } from "#testing/telemetry.ts";
import { expectFlawless } from "./flawless.ts";
import { callAsAgent, expect, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "telemetry" }, contextOptions: { reducedMotion: "reduce" } });

let ada: StackPerson;
test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
});

const usd = (value: number): SentPoint => ({
  metric: "claude_code.cost.usage",
  attributes: { model: "claude-opus-5-5" },
  value,
});
const count = (metric: string, value: number, type = ""): SentPoint => ({
  metric: `claude_code.${metric}`,
  attributes: { type },
  value,
});

test("what Claude Code reports is on the agent's page, beside what the gateway counted", async ({
  page,
  stack,
  signIn,
}) => {
  const { gateway } = stack;
  const agent = await gateway.addAgent("reporter");
  const tell = async (...points: SentPoint[]) => {
    const { status } = await fetch(`${gateway.url}/otlp/v1/metrics`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-trinity-agent": agent.key },
      body: JSON.stringify(metricsExport(points)),
    });
    expect(status).toBe(200);
  };
  await signIn(ada);
  await page.goto("/agents/reporter?tab=telemetry");
  await expect(page.getByText("No telemetry in the last 7 days")).toBeVisible();

  await callAsAgent(stack, agent.key);
  await gateway.ledger(agent, 1);
  await tell(
    usd(12.5),
    count("lines_of_code.count", 120, "added"),
    count("lines_of_code.count", 30, "removed"),
    count("commit.count", 5),
    count("active_time.total", 1_800, "cli"),
  );
  await expect(page.getByText(/% of this agent's reported cost did not pass the gateway/)).toBeVisible();
  const { rows } = await gateway.pool.query<{ cost: string }>(
    "SELECT round(sum(cost_nano_usd) / 1e9, 2)::text AS cost FROM llm_requests WHERE agent_id = $1",
    [agent.id],
  );
  const table = page.getByRole("table", { name: "Cost by day, as three sources count it" });
  await expect(table).toContainText("$12.50");
  await expect(table).toContainText(`$${rows[0]?.cost}`);
  await expect(page.getByText("$2.50 per commit")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1440]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await expectFlawless(page, `telemetry-${colorScheme}-${width}`);
    }
  }
});

test("an agent that goes past the gateway has the cost that it reports", async ({ page, stack, signIn }) => {
  const { gateway } = stack;
  const agent = await gateway.addAgent("roamer");
  await gateway.pool.query("UPDATE agent_ownership SET routing = 'direct' WHERE id = $1", [agent.id]);
  await fetch(`${gateway.url}/otlp/v1/metrics`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${agent.key}` },
    body: JSON.stringify(metricsExport([usd(3.25)])),
  });
  await signIn(ada);
  await page.goto("/agents/roamer?tab=telemetry");
  await expect(page.getByText("reported by Claude Code", { exact: false }).first()).toBeVisible();
  await expect(page.getByText("$3.25").first()).toBeVisible();
  await expectFlawless(page, "telemetry-direct");
  await page.goto("/agents/roamer");
  await expect(page.getByText("Its costs are reported by Claude Code")).toBeVisible();
  await page.getByRole("link", { name: "See what it reports" }).click();
  await expect(page).toHaveURL(/tab=telemetry/);
});
