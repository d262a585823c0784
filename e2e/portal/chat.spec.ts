import { scripted } from "../claude-code/agent-claude.ts";
import { expect, test } from "./portal-test.ts";
import type { StackPerson } from "./stack.ts";

test.use({ stackOf: { file: "chat" } });

/** $0.06 at the list price of claude-sonnet-4-5, per call. */
const USAGE = { input_tokens: 10_000, output_tokens: 2_000 };

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
});

test("an agent is made, talked to, stopped by its budget and let go on, all from the portal", async ({
  page,
  signIn,
}) => {
  test.setTimeout(240_000);
  await signIn(ada);
  const say = async (message: string) => {
    await page.getByLabel("Message to helper").fill(message);
    await page.getByRole("button", { name: "Send" }).click();
  };
  const log = page.getByRole("log", { name: "Conversation with helper" });
  const answers = log.getByRole("article");

  await test.step("it is made on this machine and started, and nobody has to copy a key", async () => {
    await page.getByRole("button", { name: "New agent" }).click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByLabel("Name").fill("helper");
    await dialog.getByRole("radio", { name: /On this machine/ }).check();
    await dialog.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("dialog", { name: "helper is running" })).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Chat with helper" }).click();
    await page.waitForURL("**/agents/helper?tab=chat");
    await expect(page.getByText("Running", { exact: true })).toBeVisible();
  });

  await test.step("its answer comes in Markdown, with what it cost by the ledger", async () => {
    await say(scripted("Hello", { text: "Here you **are**:\n\n* one\n* two", usage: USAGE }));
    await expect(answers.first().getByRole("listitem").filter({ hasText: "two" })).toBeVisible({ timeout: 60_000 });
    await expect(answers.first().locator("strong")).toHaveText("are");
    await expect(answers.first().getByText(/^\$0\.0\d+ · \d+ calls?$/)).toBeVisible();
    await expect(page.getByText(/\$0\.\d+ today/)).toBeVisible();
  });

  await test.step("a budget of $0.10 a day is set", async () => {
    await page.getByRole("tab", { name: "Budget" }).click();
    await page.getByLabel("Daily limit").fill("0.10");
    await page.getByRole("radio", { name: /^Block/ }).check();
    await page.getByRole("button", { name: "Save limits" }).click();
    await expect(page.getByText("Saved. It is in force for the next call.")).toBeVisible();
  });

  await test.step("it is talked to until the budget refuses it, and the page says why", async () => {
    await page.getByRole("tab", { name: "Chat" }).click();
    await expect(answers).toHaveCount(1); // what was said is still there
    const refusal = log.getByText("helper was stopped by its budget");
    for (let message = 2; message < 6 && !(await refusal.isVisible()); message += 1) {
      await say(scripted(`Again, ${message}`, { text: `Answer ${message}.`, usage: USAGE }));
      await expect(answers).toHaveCount(message);
      await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
    }
    await expect(refusal).toBeVisible();
    await expect(log.getByText(/helper has spent \$0\.\d+ of the \$0\.10 it may spend a day/)).toBeVisible();
    await expect(page.getByText(/^Blocked until 00:00 UTC/).first()).toBeVisible();
  });

  await test.step("the limit is raised, and it answers again, in the same conversation", async () => {
    await log.getByRole("link", { name: "Raise the limit" }).last().click();
    await page.getByLabel("Daily limit").fill("10");
    await page.getByRole("button", { name: "Save limits" }).click();
    await expect(page.getByText("Saved. It is in force for the next call.")).toBeVisible();
    await page.getByRole("tab", { name: "Chat" }).click();
    await say(scripted("And now?", { text: "Now it goes on.", usage: USAGE }));
    await expect(answers.last().getByText("Now it goes on.")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("a turn that takes long can be stopped", async () => {
    await say(scripted("Take your time", { kind: "never" }));
    await expect(page.getByText("helper is reading your message…")).toBeVisible();
    await page.getByRole("button", { name: "Stop", exact: true }).last().click();
    await expect(log.getByText("You stopped it here.")).toBeVisible();
    await say(scripted("Are you well?", { text: "Quite well.", usage: USAGE }));
    await expect(answers.last().getByText("Quite well.")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("its log can be read, and it can be stopped and started", async () => {
    await page.getByRole("tab", { name: "Logs" }).click();
    await expect(page.getByLabel("Lines of the log")).not.toBeEmpty();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(page.getByText("Stopped", { exact: true })).toBeVisible({ timeout: 30_000 });
    await page.getByRole("tab", { name: "Chat" }).click();
    await page.getByRole("button", { name: "Start helper" }).click();
    await expect(page.getByText("Running", { exact: true })).toBeVisible({ timeout: 60_000 });
  });
});
