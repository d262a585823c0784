import { callAsAgent, expect, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "agent-life" } });

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
});

test("from a name to a metered, limited agent, without a reload", async ({ page, signIn, stack }) => {
  await signIn(ada);
  let virtualKey = "";

  await test.step("the name is checked while it is typed, and the key is shown once", async () => {
    await page.getByRole("button", { name: "New agent" }).click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByLabel("Name").fill("My Agent");
    await expect(dialog.getByText(/Use lower-case letters/)).toBeVisible();
    await dialog.getByLabel("Name").fill("builder");
    await dialog.getByRole("button", { name: "Create agent" }).click();

    const connect = page.getByRole("dialog", { name: "Connect builder" });
    const lines = (await connect.getByLabel("Lines to copy").textContent()) ?? "";
    expect(lines).toContain(`export ANTHROPIC_BASE_URL='${stack.gateway.url}'`);
    virtualKey = /ANTHROPIC_AUTH_TOKEN='(tvk_[\w-]{43})'/.exec(lines)?.[1] ?? "";
    expect(virtualKey).not.toBe("");
    await expect(connect.getByText("Waiting for the first call…")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(connect).toBeVisible();
  });

  await test.step("its first call turns the waiting into a connection", async () => {
    await expect(async () => expect(await callAsAgent(stack, virtualKey)).toBe(200)).toPass();
    await expect(page.getByText("Connected: the latest call was just now.")).toBeVisible();
    await page.getByRole("button", { name: "Open builder" }).click();
    await page.waitForURL("**/agents/builder");
    await expect(page.getByText("$0.45 today")).toBeVisible();
  });

  await test.step("a further call is on the page within a second of its end", async () => {
    await expect(page.getByText("Figures are live")).toBeVisible();
    expect(await callAsAgent(stack, virtualKey)).toBe(200);
    await expect(page.getByText("$0.90 today")).toBeVisible({ timeout: 1_000 });
    await expect(page.getByText("2 calls today")).toBeVisible();
    await page.getByRole("tab", { name: "Requests" }).click();
    await expect(page.getByRole("row", { name: /claude-sonnet-4-5.*completed/ })).toHaveCount(2);
  });

  await test.step("a limit that is reached blocks the next call, and the page says until when", async () => {
    await page.getByRole("tab", { name: "Budget" }).click();
    await page.getByLabel("Daily limit").fill("$1");
    await expect(page.getByText("Leave out the $: it is already there.")).toBeVisible();
    await page.getByLabel("Daily limit").fill("1");
    await page.getByLabel("Block").check();
    await page.getByRole("button", { name: "Save limits" }).click();
    await expect(page.getByText("Saved. It is in force for the next call.")).toBeVisible();
    await expect(page.getByText("Near its limit: $0.90 of $1.00 used today.")).toBeVisible();

    expect(await callAsAgent(stack, virtualKey)).toBe(200);
    await expect(page.getByText("Blocked until 00:00 UTC: $1.35 of $1.00 used today.")).toBeVisible();
    await expect(async () => expect(await callAsAgent(stack, virtualKey)).toBe(402)).toPass();
    await page.getByRole("tab", { name: "Requests" }).click();
    await expect(page.getByRole("row", { name: /refused 402/ }).first()).toBeVisible();
  });

  await test.step("raising the limit lets the next call through", async () => {
    await page.getByRole("link", { name: "Change the limits" }).click();
    await page.getByLabel("Daily limit").fill("10");
    await page.getByRole("button", { name: "Save limits" }).click();
    await expect(page.getByText(/^Blocked until/)).toHaveCount(0);
    await expect(async () => expect(await callAsAgent(stack, virtualKey)).toBe(200)).toPass();
  });
});

test("somebody else's change is not overwritten unseen, and what was typed is kept", async ({
  page,
  signIn,
  stack,
}) => {
  await stack.gateway.addAgent("reviewer", { day: 5_000_000_000n, action: "warn" });
  await signIn(ada);
  await page.goto("/agents/reviewer?tab=budget");
  await page.getByLabel("Daily limit").fill("7");
  await stack.gateway.pool.query(
    "UPDATE agent_budgets SET daily_limit_nano_usd = 20000000000, version = version + 1, updated_by = 'Grace Hopper'",
  );
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByText(/Grace Hopper/).first()).toBeVisible();
  await expect(page.getByText("0 % of $20.00 today").first()).toBeVisible();
  await expect(page.getByLabel("Daily limit")).toHaveValue("7");
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByText("Saved. It is in force for the next call.")).toBeVisible();
  await expect(page.getByText("0 % of $7.00 today").first()).toBeVisible();
});

test("rotating the key says what breaks, and breaks just that", async ({ page, signIn, stack }) => {
  const { key } = await stack.gateway.addAgent("rotated");
  await signIn(ada);
  await page.goto("/agents/rotated?tab=connect");
  await expect(page.getByLabel("Lines to copy")).toContainText("tvk_<the key that ends in");
  await page.getByRole("button", { name: "Rotate the key…" }).click();
  await expect(page.getByRole("dialog")).toContainText("stops working at once");
  await page.getByRole("button", { name: "Rotate the key", exact: true }).click();
  await expect(page.getByText("This key is shown this once.")).toBeVisible();
  const fresh = /tvk_[\w-]{43}/.exec((await page.getByLabel("Lines to copy").textContent()) ?? "")?.[0] ?? "";
  await expect(async () => expect(await callAsAgent(stack, fresh)).toBe(200)).toPass();
  expect(await callAsAgent(stack, key)).toBe(401);
});

test("removing an agent needs its name typed", async ({ page, signIn, stack }) => {
  await stack.gateway.addAgent("obsolete");
  await stack.gateway.addAgent("kept");
  await signIn(ada);
  await page.goto("/agents/obsolete?tab=settings");
  await page.getByRole("button", { name: "Remove obsolete…" }).click();
  const confirm = page.getByRole("button", { name: "Remove the agent" });
  await expect(confirm).toBeDisabled();
  await page.getByLabel("Type “obsolete” to confirm").fill("obsolete");
  await confirm.click();
  await page.waitForURL("**/agents");
  await expect(page.getByRole("link", { name: "kept" })).toBeVisible();
  await expect(page.getByRole("link", { name: "obsolete" })).toHaveCount(0);
});

test("while the gateway holds no key, the lines for agents with their own come first", async ({
  page,
  signIn,
  stack,
}) => {
  await stack.gateway.addAgent("own-key");
  await stack.gateway.process().end(); // so that it does not contradict
  await stack.gateway.pool.query("UPDATE gateway_instances SET holds_anthropic_key = false, seen_at = now()");
  await signIn(ada);
  await page.goto("/agents/own-key?tab=connect");
  await expect(page.getByLabel("Lines to copy")).toContainText("ANTHROPIC_CUSTOM_HEADERS='X-Trinity-Agent: tvk_");
});
