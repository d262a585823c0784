import type { Page } from "@playwright/test";
import { v7 as uuid } from "uuid";

import { formatUsd } from "#domain/money.ts";
import type { SettledCall } from "#ledger/call-record.ts";
import { createLedgerWriter } from "#ledger/ledger-writer.ts";

import { expectFlawless } from "./flawless.ts";
import { expect, openGuestPage, test } from "./portal-test.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { Stack, StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "sessions" } });

/** A session of builder's with two prompts; the first, asked by Ada in the portal, has two subagents. */
const TOLD = "0d9f7a52-6c1e-4b6a-9a51-2f3f6f0c7b11";
const SUBAGENTS = ["agent-a1", "agent-b2"] as const;

let ada: StackPerson;
let grace: StackPerson;
test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "reviewer" ? grace.id : ada.id));
  await recordToldSession(stack);
});

async function recordToldSession({ gateway: { pool } }: Stack): Promise<void> {
  const agentId = await agentIdOf(pool, "builder");
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000);
  const call = (minutesAgo: number, fields: Partial<SettledCall>): SettledCall => ({
    ...{ id: uuid(), agentId, admittedAt: at(minutesAgo), sessionId: TOLD, subagentId: null, promptId: "prompt-1" },
    ...{ model: "claude-sonnet-4-5", requestedModel: "claude-sonnet-4-5", upstreamRequestId: null, errorType: null },
    ...{ outcome: "completed", pricedAs: "list", listCost: 100_000_000n, inputTokens: 1_000, outputTokens: 100 },
    ...{ cacheReadInputTokens: 0, cacheCreation5mInputTokens: 0, cacheCreation1hInputTokens: 0, webSearchRequests: 0 },
    ...{ latencyMs: 2_000, firstByteMs: 500, overheadUs: 200, status: 200, isStreamed: true, isEstimated: false, helicone: null },
    ...fields,
  }); // biome-ignore format: a call in a few lines
  await createLedgerWriter(pool, { budgetsOf: () => [], spentOf: () => null }).record([
    call(30, {}),
    call(29, { subagentId: SUBAGENTS[0], listCost: 500_000_000n }),
    call(28, { subagentId: SUBAGENTS[1], listCost: 200_000_000n, model: "claude-haiku-4-5" }),
    call(27, { outcome: "refused", pricedAs: "none", listCost: 0n, status: 402 }),
    call(10, { promptId: "prompt-2", listCost: 200_000_000n }),
  ]);
  await pool.query(
    `INSERT INTO chat_turns (id, agent_id, user_id, started_at, worked_from, finished_at, status, session_id)
     VALUES (gen_random_uuid(), $1, $2, $3, $3, $4, 200, $5)`,
    [agentId, ada.id, at(31), at(26), TOLD],
  );
}

async function agentIdOf(pool: Stack["gateway"]["pool"], name: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>("SELECT id FROM agent_ownership WHERE agent_name = $1", [name]);
  return rows[0]?.id ?? 0;
}

const rowsOf = (page: Page) => page.getByRole("table", { name: /^Sessions, / }).locator("tbody tr");

type Listed = { agent: string; session: string; cost: bigint; calls: number };

async function listed({ gateway }: Stack, order: string, where = "true"): Promise<Listed[]> {
  const { rows } = await gateway.pool.query<Listed>(
    `SELECT agent_name AS agent, session_id AS session, sum(cost_nano_usd)::bigint AS cost, count(*)::int AS calls
     FROM llm_requests JOIN agent_ownership ON agent_ownership.id = agent_id WHERE session_id IS NOT NULL AND ${where}
     GROUP BY agent_id, agent_name, session_id HAVING max(admitted_at) > now() - interval '7 days'
     ORDER BY ${order} DESC, agent_id DESC, session_id DESC`,
  );
  return rows;
}

async function expectListed(page: Page, wanted: readonly Listed[]): Promise<void> {
  await expect(rowsOf(page)).toHaveCount(wanted.length);
  for (const [at, { agent, session, cost, calls }] of wanted.entries()) {
    const row = rowsOf(page).nth(at);
    await expect(row).toContainText(session);
    await expect(row).toContainText(agent);
    await expect(row).toContainText(formatUsd(cost));
    await expect(row.getByRole("cell").filter({ hasText: new RegExp(`^${calls}$`) })).not.toHaveCount(0);
  }
}

test("the list is what SQL says in both orders and for one agent, and the address brings it back", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Sessions" }).click();
  await page.waitForURL("**/sessions");
  await expectListed(page, await listed(stack, "max(admitted_at)"));
  await page.getByLabel("Order").selectOption("Dearest first");
  await expect(page.getByRole("table", { name: "Sessions, dearest first" })).toBeVisible();
  const dearest = await listed(stack, "sum(cost_nano_usd)");
  await expectListed(page, dearest);
  await page.getByLabel("Agent").selectOption("reviewer");
  await page.waitForURL(/agent=reviewer/);
  await expectListed(
    page,
    dearest.filter(({ agent }) => agent === "reviewer"),
  );
  await page.reload();
  await expectListed(
    page,
    dearest.filter(({ agent }) => agent === "reviewer"),
  );
});

test("a session opens as a tree with the cost of each part, and leads to its calls", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.goto("/sessions?agent=builder");
  const row = rowsOf(page).filter({ hasText: TOLD });
  await row.getByRole("link").focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "Session" });
  const tree = drawer.getByRole("table", { name: "The session, prompt by prompt" });
  const nodeOf = (name: string) => tree.getByRole("row").filter({ hasText: name });
  await expect(nodeOf("Prompt 1")).toContainText("asked in the portal by Ada Lovelace");
  for (const [name, calls, cost, share] of [
    ["Prompt 1", "4 calls", "$0.80", "80 %"],
    ["The agent itself", "2 calls", "$0.10", "10 %"],
    [`Subagent ${SUBAGENTS[0]}`, "1 call", "$0.50", "50 %"],
    [`Subagent ${SUBAGENTS[1]}`, "1 call", "$0.20", "20 %"],
    ["Prompt 2", "1 call", "$0.20", "20 %"],
  ] as const) {
    for (const text of [calls, cost, share]) await expect(nodeOf(name), name).toContainText(text);
  }
  await expect(nodeOf("Prompt 1")).toContainText("1 refused");
  await expect(drawer).toContainText("Claude Code does not say which subagent started another");
  await tree.getByRole("button", { name: "Prompt 1: its subagents" }).press("Enter");
  await expect(nodeOf(`Subagent ${SUBAGENTS[0]}`)).toBeHidden();
  await tree.getByRole("button", { name: "Prompt 1: its subagents" }).press("Enter");

  await nodeOf(`Subagent ${SUBAGENTS[0]}`).getByRole("link", { name: "1 call" }).click();
  await page.waitForURL(/\/requests\?/);
  await expect(page.getByText("All 1 call shown")).toBeVisible();
  await page.goBack();
  await drawer.getByRole("link", { name: "All calls of this session" }).click();
  await expect(page.getByText("All 5 calls shown")).toBeVisible();

  await page.goto(`/sessions?open=${await agentIdOf(stack.gateway.pool, "builder")}.never`);
  await expect(drawer.getByText("There is no such session.")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/sessions?agent=new-arrival");
  await expect(page.getByText("No sessions in this time")).toBeVisible();
});

test("an owner sees the own agents' sessions and no others, by whatever way", async ({ browser, signIn, stack }) => {
  const page = await openGuestPage(browser, stack);
  await signIn(grace, page);
  await page.goto("/sessions");
  await expectListed(page, await listed(stack, "max(admitted_at)", "agent_name = 'reviewer'"));
  await expect(page.getByLabel("Agent").getByRole("option")).toHaveText(["All agents", "reviewer"]);
  await page.goto(`/sessions?open=${await agentIdOf(stack.gateway.pool, "builder")}.${TOLD}`);
  await expect(page.getByRole("dialog").getByText("There is no such session.")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/sessions?agent=builder");
  await expect(page.getByText("The sessions could not be loaded.")).toBeVisible();
  await page.goto("/agents/reviewer?tab=sessions");
  await expect(rowsOf(page)).toHaveCount((await listed(stack, "max(admitted_at)", "agent_name = 'reviewer'")).length);
  await page.context().close();
});

test("an agent's costs are told by type, hour, session, subagent and turn, as SQL has them", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  await page.goto("/agents/builder");
  const since = "admitted_at >= date_trunc('day', now(), 'UTC') - interval '6 days' AND agent_name = 'builder'";
  const of = async <T extends Record<string, unknown>>(select: string, rest = "") =>
    (
      await stack.gateway.pool.query<T>(
        `SELECT ${select} FROM llm_requests JOIN agent_ownership ON agent_ownership.id = agent_id WHERE ${since} ${rest}`,
      )
    ).rows;
  const types = page.getByRole("table", { name: "Cost by token type" });
  const [all] = await of<{ cost: bigint; hits: number }>(
    `sum(cost_nano_usd)::bigint AS cost, round(100.0 * sum(cache_read_input_tokens) / sum(input_tokens + cache_read_input_tokens
       + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens))::int AS hits`,
  );
  await expect(types.getByRole("row").last()).toContainText(formatUsd(all?.cost ?? 0n));
  await expect(page.getByRole("region", { name: "Cost by token type" })).toContainText(`${all?.hits} %`);

  const zone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [hour] = await of<{ day: string; hour: number; cost: bigint }>(
    `trim(to_char(admitted_at AT TIME ZONE '${zone}', 'Day')) AS day, extract(hour FROM admitted_at AT TIME ZONE '${zone}')::int AS hour,
     sum(cost_nano_usd)::bigint AS cost`,
    "GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1",
  );
  const hours = page.getByRole("region", { name: "Cost by hour of the week" });
  await expect(hours).toContainText(
    `The dearest hour of the week: ${hour?.day} ${String(hour?.hour).padStart(2, "0")}:00`,
  );
  await expect(hours).toContainText(`${formatUsd(hour?.cost ?? 0n)} in all`);
  await hours.getByText("All hours in figures").press("Enter");
  await expect(hours.getByRole("table", { name: "Cost by hour of the week, dearest first" })).toBeVisible();

  const dearest = (await listed(stack, "sum(cost_nano_usd)", "agent_name = 'builder'")).slice(0, 10);
  const sessions = page.getByRole("table", { name: "Dearest sessions" }).locator("tbody tr");
  await expect(sessions).toHaveCount(dearest.length);
  for (const [at, { session, cost }] of dearest.entries()) {
    await expect(sessions.nth(at)).toContainText(session);
    await expect(sessions.nth(at)).toContainText(formatUsd(cost));
  }
  await expect(page.getByRole("table", { name: "Dearest subagents" })).toContainText(SUBAGENTS[0]);
  const turns = page.getByRole("region", { name: "Cost per chat turn" });
  await expect(turns).toContainText("Average of 1 turn");
  await expect(turns).toContainText("$0.80");
  await sessions.filter({ hasText: TOLD }).getByRole("link").click();
  await expect(page.getByRole("dialog", { name: "Session" })).toContainText("Prompt 2");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width] of Object.entries({ narrow: 390, wide: 1440 })) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, contextOptions: { reducedMotion: "reduce" } });

      test("list, session and costs have no accessibility fault and fit the screen", async ({
        page,
        signIn,
        stack,
      }) => {
        await signIn(ada);
        await page.goto("/sessions");
        await expectFlawless(page, `sessions-${colorScheme}-${name}`);
        await page.goto(`/sessions?open=${await agentIdOf(stack.gateway.pool, "builder")}.${TOLD}`);
        await expect(page.getByRole("dialog")).toContainText("Prompt 2");
        await expectFlawless(page, `sessions-one-${colorScheme}-${name}`);
        await page.goto("/sessions?agent=new-arrival");
        await expectFlawless(page, `sessions-none-${colorScheme}-${name}`);
        await page.goto("/agents/builder?tab=sessions");
        await expectFlawless(page, `sessions-agent-${colorScheme}-${name}`);
        await page.goto("/agents/builder?days=30");
        await expectFlawless(page, `sessions-costs-${colorScheme}-${name}`);
      });
    });
  }
}
