import { readFile } from "node:fs/promises";

import type { Page } from "@playwright/test";

import { formatUsd, toUsdText } from "#domain/money.ts";

import { expectFlawless } from "./flawless.ts";
import { callAsAgent, expect, openGuestPage, test } from "./portal-test.ts";
import { FORMULA, PLAIN_CALL, REFUSED_CALL, recordKnownCalls } from "./record-known-calls.ts";
import { seedFleet } from "./seed-fleet.ts";
import type { Stack, StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "requests" } });

let ada: StackPerson;
let grace: StackPerson;
test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
  grace = await stack.addPerson("Grace Hopper", "owner");
  await seedFleet(stack.gateway.pool, new Date(), (name) => (name === "reviewer" ? grace.id : ada.id));
  await recordKnownCalls(stack);
});

const WEEK = "admitted_at > now() - interval '7 days'";
const OF = "FROM llm_requests JOIN agent_ownership ON agent_ownership.id = agent_id";

async function countOf({ gateway }: Stack, where: string): Promise<number> {
  const { rows } = await gateway.pool.query<{ count: bigint }>(`SELECT count(*) AS count ${OF} WHERE ${where}`);
  return Number(rows[0]?.count ?? 0n);
}

const callsTable = (page: Page) => page.getByRole("table", { name: /^Calls, / });
/** The rows of calls, without the heading. */
const rowsOf = (page: Page) => callsTable(page).locator("tbody tr");

/** Loads the view to its end, which has to hold so many calls. */
async function expectAll(page: Page, count: number): Promise<void> {
  await expect(async () => {
    const more = page.getByRole("button", { name: "Load more" });
    if (await more.isVisible()) await more.click({ timeout: 2_000 });
    await expect(page.getByText(`All ${count} call${count === 1 ? "" : "s"} shown`)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  expect(await rowsOf(page).count()).toBe(count);
}

test("every order begins with the calls that the ledger puts first", async ({ page, signIn, stack }) => {
  await signIn(ada);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Requests" }).click();
  await page.waitForURL("**/requests");
  const top = async (order: string) => {
    const { rows } = await stack.gateway.pool.query<{ agent: string; cost: bigint; id: string }>(
      `SELECT agent_name AS agent, cost_nano_usd AS cost, 'req_' || replace(llm_requests.id::text, '-', '') AS id ${OF}
       WHERE ${WEEK} ORDER BY ${order}, admitted_at DESC, llm_requests.id DESC LIMIT 5`,
    );
    return rows;
  };
  const prompt =
    "(input_tokens + cache_read_input_tokens + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens)";
  const orders = {
    "Newest first": "admitted_at DESC",
    "Slowest first": "latency_ms DESC NULLS LAST",
    "Dearest first": "cost_nano_usd DESC",
    "Most tokens first": `${prompt} + coalesce(output_tokens, 0) DESC NULLS LAST`,
    "Lowest cache hit first": `cache_read_input_tokens * 1000 / nullif(${prompt}, 0) NULLS LAST`,
  };
  for (const [name, order] of Object.entries(orders)) {
    await page.getByLabel("Order").selectOption({ label: name });
    await expect(page.getByRole("table", { name: `Calls, ${name.toLowerCase()}` })).toBeVisible();
    for (const [index, { agent, cost, id }] of (await top(order)).entries()) {
      const row = rowsOf(page).nth(index);
      await expect(row.getByRole("link"), `${name}, ${index}`).toHaveAttribute("href", new RegExp(`call=${id}$`));
      await expect(row).toContainText(agent);
      await expect(row).toContainText(formatUsd(cost));
    }
  }
});

test("filters show the calls that SQL counts, and the address brings them back", async ({ page, signIn, stack }) => {
  await signIn(ada);
  await page.goto("/requests");
  await page.getByLabel("Agent").selectOption("experiments");
  const experiments = await countOf(stack, `${WEEK} AND agent_name = 'experiments'`);
  await expect(page.getByText(`All ${experiments} calls shown`)).toBeVisible();

  await page.getByLabel("Agent").selectOption("All agents");
  await page.getByLabel("Outcome").selectOption("Incomplete");
  await page.getByLabel("Model").selectOption("claude-sonnet-4-6");
  await expectAll(page, await countOf(stack, `${WEEK} AND outcome = 'incomplete' AND model = 'claude-sonnet-4-6'`));

  await page.goto("/requests");
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("Tokens from").fill("50000");
  await page.getByLabel("Seconds from").fill("ten");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByText("Write seconds, such as 2.5.")).toBeVisible();
  await page.getByLabel("Seconds from").fill("12.5");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/tokens_min=50000&latency_min=12500$/);
  const heavy = `${WEEK} AND latency_ms >= 12500 AND input_tokens + coalesce(output_tokens, 0) + cache_read_input_tokens
    + cache_creation_5m_input_tokens + cache_creation_1h_input_tokens >= 50000`;
  const wanted = await countOf(stack, heavy);
  expect(wanted).toBeGreaterThan(0);
  await expectAll(page, wanted);
  await page.reload();
  await expectAll(page, wanted);
  await page.getByRole("button", { name: "Drop: took 12.5 s or longer" }).click();
  await page.waitForURL(/tokens_min=50000$/);
  await page.goBack();
  await page.waitForURL(/latency_min=12500$/);

  await page.goto("/requests?model=claude-never-called");
  await expect(page.getByText("No such call")).toBeVisible();
  await page.getByRole("button", { name: "Clear all filters" }).first().click();
  await expect(rowsOf(page).first()).toBeVisible();
});

test("a call opens with its times, its counts and its cost line by line; what is not known says so", async ({
  page,
  signIn,
}) => {
  await signIn(ada);
  await page.goto("/requests?sort=slowest");
  const link = rowsOf(page).first().getByRole("link");
  await link.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "Call" });
  await expect(drawer.getByText(`req_${PLAIN_CALL.replaceAll("-", "")}`)).toBeVisible();
  const cost = drawer.getByRole("table", { name: "How the cost comes about" });
  await expect(cost.getByRole("row", { name: "Input 1,000 $3 per million $0.003" })).toBeVisible();
  await expect(cost.getByRole("row", { name: "Output 200 $15 per million $0.003" })).toBeVisible();
  await expect(cost.getByRole("row", { name: "Cache read 10,000 $0.3 per million $0.003" })).toBeVisible();
  await expect(cost.getByRole("row", { name: "Total $0.009" })).toBeVisible();
  const timeline = drawer.getByRole("region", { name: "Timeline" });
  await expect(timeline).toContainText("2 min 40 s");
  await expect(timeline).toContainText("8 min 00 s");
  await expect(timeline).toContainText("10 min 40 s");
  for (const text of ["prompt-77", "req_upstream", "240 µs", "91 %", FORMULA]) await expect(drawer).toContainText(text);
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(link).toBeFocused();

  await page.goto(`/requests?call=req_${REFUSED_CALL.replaceAll("-", "")}`);
  await expect(drawer.getByText("Nothing was charged for this call.")).toBeVisible();
  await expect(drawer.getByRole("region", { name: "What it used" }).getByText("unknown").first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.goto("/requests?call=req_00000000000040008000000000000000");
  await expect(drawer.getByText("There is no such call.")).toBeVisible();
});

test("how long calls took is as SQL has it, never too short and at most a quarter too long", async ({
  page,
  signIn,
  stack,
}) => {
  await signIn(ada);
  for (const [address, where] of [
    ["/requests?span=30d", "admitted_at > now() - interval '30 days'"],
    ["/requests?span=24h&agent=reviewer", "admitted_at > now() - interval '1 day' AND agent_name = 'reviewer'"],
  ] as const) {
    await page.goto(address);
    const { rows } = await stack.gateway.pool.query<{ p50: number; p90: number }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms) AS p50,
         percentile_disc(0.9) WITHIN GROUP (ORDER BY latency_ms) AS p90 ${OF} WHERE outcome = 'completed' AND ${where}`,
    );
    const figure = page.getByRole("figure").filter({ hasText: "Latency, to the end of the answer" });
    for (const share of ["p50", "p90"] as const) {
      const text = (await figure.locator("dl > div").filter({ hasText: share }).locator("dd").textContent()) ?? "";
      const shownMs = Number(text.replace(" s", "")) * 1_000;
      expect(shownMs + 50, `${address} ${share}`).toBeGreaterThanOrEqual(rows[0]?.[share] ?? 0);
      expect(shownMs, `${address} ${share}`).toBeLessThanOrEqual((rows[0]?.[share] ?? 0) * 1.27 + 50);
    }
  }
});

test("newer calls are told and do not move the rows", async ({ page, signIn, stack }) => {
  await signIn(ada);
  const key = await newAgent(page, "caller");
  await page.goto("/requests");
  const first = await rowsOf(page).first().getByRole("link").getAttribute("href");
  await expect(async () => expect(await callAsAgent(stack, key)).toBe(200)).toPass();
  await expect(page.getByRole("button", { name: "1 newer call" })).toBeVisible();
  expect(await rowsOf(page).first().getByRole("link").getAttribute("href")).toBe(first);
  await page.getByRole("button", { name: "1 newer call" }).click();
  await expect(rowsOf(page).first()).toContainText("caller");
  await expect(rowsOf(page).first()).toContainText("$0.45");
  await expect(page.getByRole("button", { name: /newer call/ })).toHaveCount(0);
});

/** Answers with its key. */
async function newAgent(page: Page, name: string): Promise<string> {
  await page.goto("/agents");
  await page.getByRole("button", { name: "New agent" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Create agent" }).click();
  const text = await page.getByRole("dialog").getByText(/tvk_/).first().textContent();
  return /tvk_[\w-]+/.exec(text ?? "")?.[0] ?? "";
}

test("an owner sees the own agents' calls and no others, by whatever way", async ({ browser, signIn, stack }) => {
  const page = await openGuestPage(browser, stack);
  await signIn(grace, page);
  await page.goto("/requests?span=24h");
  await expect(page.getByLabel("Owner")).toHaveCount(0);
  await expect(page.getByLabel("Agent").getByRole("option")).toHaveText(["All agents", "reviewer"]);
  await expect(page.getByLabel("Model").getByRole("option", { name: "claude-opus-4-8" })).toHaveCount(0);
  const own = await countOf(stack, "admitted_at > now() - interval '1 day' AND agent_name = 'reviewer'");
  await expectAll(page, own);

  await page.goto("/requests?agent=builder");
  await expect(page.getByText("The calls could not be loaded.")).toBeVisible();
  await expect(callsTable(page)).toHaveCount(0);
  await page.goto(`/requests?call=req_${PLAIN_CALL.replaceAll("-", "")}`);
  await expect(page.getByText("There is no such call.")).toBeVisible();
  expect((await page.request.get("/api/requests/export?agent=builder")).status()).toBe(404);
  const lines = (await (await page.request.get("/api/requests/export?span=24h")).text()).trim().split("\r\n");
  expect(lines.length - 1).toBe(own);
  expect(lines.slice(1).every((line) => line.split(",")[2] === "reviewer")).toBe(true);
  await page.context().close();
  const nobody = await openGuestPage(browser, stack);
  expect((await nobody.request.get("/api/requests/export")).status()).toBe(401);
  await nobody.context().close();
});

test("the export holds the view, call by call, and no formula", async ({ page, signIn, stack }) => {
  await signIn(ada);
  await page.goto("/requests?agent=builder&span=30d&sort=dearest");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^requests-\d{4}-\d\d-\d\d\.csv$/);
  const [head = "", ...lines] = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  const column = head.split(",").indexOf("list_cost_usd");
  const { rows } = await stack.gateway.pool.query<{ cost: bigint }>(
    `SELECT cost_nano_usd AS cost ${OF} WHERE agent_name = 'builder' AND admitted_at > now() - interval '30 days'
     ORDER BY cost_nano_usd DESC, admitted_at DESC`,
  );
  expect(lines.length).toBe(rows.length);
  expect(lines.map((line) => line.split(",")[column])).toEqual(rows.map(({ cost }) => toUsdText(cost)));
  expect(lines.filter((line) => line.includes(`"'=HYPERLINK(""http://evil.example"",""open"")"`))).toHaveLength(1);
  expect(lines.filter((line) => /(^|,)"?=/.test(line))).toEqual([]);
});

test("when calls cannot be read, the page says so and tries again", async ({ page, signIn, stack, faults }) => {
  await signIn(ada);
  await stack.gateway.pool.query("ALTER TABLE fleet_quarter_hours RENAME TO fleet_quarter_hours_away");
  await page.goto("/requests");
  await expect(page.getByText("The calls could not be loaded.")).toBeVisible({ timeout: 20_000 });
  await stack.gateway.pool.query("ALTER TABLE fleet_quarter_hours_away RENAME TO fleet_quarter_hours");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(rowsOf(page).first()).toBeVisible();
  faults.length = 0; // the browser was told of the failure, as it should be
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [name, width] of Object.entries({ narrow: 390, wide: 1440, "very-wide": 2560 })) {
    test.describe(`${colorScheme}, ${name}`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, contextOptions: { reducedMotion: "reduce" } });

      test("the list, the filters, a call and the empty view have no accessibility fault and fit the screen", async ({
        page,
        signIn,
      }) => {
        await signIn(ada);
        await page.goto("/requests?span=30d&cost_min=0.01");
        await page.getByRole("button", { name: "More filters" }).click();
        await expectFlawless(page, `requests-${colorScheme}-${name}`);
        await rowsOf(page).first().getByRole("link").click();
        await expect(page.getByRole("dialog").getByText("What it cost")).toBeVisible();
        await expectFlawless(page, `requests-call-${colorScheme}-${name}`);
        await page.goto("/requests?session=none-such");
        await expectFlawless(page, `requests-none-${colorScheme}-${name}`);
      });
    });
  }
}
