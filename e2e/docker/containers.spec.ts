import { scripted } from "../claude-code/agent-claude.ts";
import type { StackPerson } from "../portal/stack.ts";
import { expect, onAgentPage, test } from "./container-portal-test.ts";
import { type DockerTest, variableInside } from "./docker-test.ts";
import { comparable, createForeignAgent } from "./foreign-agent.ts";

test.use({ stackOf: { file: "containers" } });

/** $0.06 at the list price of claude-sonnet-4-5, per call. */
const USAGE = { input_tokens: 10_000, output_tokens: 2_000 };

let ada: StackPerson;

test.beforeAll(async ({ stack }) => {
  ada = await stack.addPerson("Ada Lovelace", "admin");
});

test("an agent in a container is made, talked to, stopped by its budget and let go on, all from the portal", async ({
  page,
  signIn,
  stack,
}) => {
  test.setTimeout(300_000);
  await signIn(ada);
  const { say, turnIsOver, limitTo, log, answers } = onAgentPage(page, "boxed");

  await test.step("it is made in a container and started", async () => {
    await page.getByRole("button", { name: "New agent" }).click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByLabel("Name").fill("boxed");
    await dialog.getByRole("radio", { name: /In a container here/ }).check();
    await dialog.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("dialog", { name: "boxed is running" })).toBeVisible({ timeout: 90_000 });
    await page.getByRole("button", { name: "Chat with boxed" }).click();
    await page.waitForURL("**/agents/boxed?tab=chat");
    await expect(page.getByText("Running", { exact: true })).toBeVisible();
  });

  await test.step("it answers from within the container, with what it cost by the ledger", async () => {
    await say(scripted("Hello", { text: "Here you **are**.", usage: USAGE }));
    await expect(answers.first().locator("strong")).toHaveText("are", { timeout: 60_000 });
    await expect(answers.first().getByText(/^\$0\.0\d+ · \d+ calls?$/)).toBeVisible();
    await expect(page.getByText(/\$0\.\d+ today/)).toBeVisible();
    expect(stack.gateway.upstream.calls.length).toBeGreaterThan(0);
  });

  await test.step("with a budget of $0.10 a day it is talked to until it is refused, and the page says why", async () => {
    await limitTo("0.10");
    const refusal = log.getByText("boxed was stopped by its budget");
    for (let message = 2; message < 6 && !(await refusal.isVisible()); message += 1) {
      await say(scripted(`Again, ${message}`, { text: `Answer ${message}.`, usage: USAGE }));
      await expect(answers).toHaveCount(message);
      await turnIsOver();
    }
    await expect(refusal).toBeVisible();
    await expect(log.getByText(/boxed has spent \$0\.\d+ of the \$0\.10 it may spend a day/)).toBeVisible();
  });

  await test.step("a program that asks is answered 429 with the reason", async () => {
    const answer = await page.request.post("/api/agents/boxed/chat", {
      data: { message: "And me?" },
      headers: { origin: stack.portalUrl },
    });
    expect(answer.status()).toBe(429);
    expect(Number(answer.headers()["retry-after"])).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ detail: { code: "budget_exceeded", period: "day", limit_usd: 0.1 } });
  });

  await test.step("the limit is raised, and it answers again", async () => {
    await limitTo("10");
    await say(scripted("And now?", { text: "Now it goes on.", usage: USAGE }));
    await expect(answers.last().getByText("Now it goes on.")).toBeVisible({ timeout: 60_000 });
  });

  await test.step("its log can be read, and it can be stopped and started", async () => {
    await page.getByRole("tab", { name: "Logs" }).click();
    await expect(page.getByLabel("Lines of the log")).not.toBeEmpty();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await expect(page.getByText("Stopped", { exact: true })).toBeVisible({ timeout: 45_000 });
    await page.getByRole("tab", { name: "Chat" }).click();
    await page.getByRole("button", { name: "Start boxed" }).click();
    await expect(page.getByText("Running", { exact: true })).toBeVisible({ timeout: 60_000 });
  });
});

const LINE = "A line in its workspace's .env file";

for (const { name, generation, env, way } of [
  { name: "veteran", generation: "the first generation", way: null, env: [] },
  {
    name: "novice",
    generation: "the newest generation, by a line in its workspace",
    way: LINE,
    env: ["FAKE_LOG=new", "TRINITY_AGENT_AUTH_TOKEN=their-own-token", "TRINITY_PROVIDER_MODELS=[]"],
  },
  {
    name: "recruit",
    generation: "a newer generation",
    way: null,
    env: ["FAKE_LOG=new", "TRINITY_AGENT_AUTH_TOKEN=their-own-token", "ANTHROPIC_CUSTOM_HEADERS=X-Team: blue"],
  },
]) {
  test(`a container of Trinity's, of ${generation}, is adopted, talked to, stopped by its budget and given back as it was`, async ({
    page,
    signIn,
    containerStack: { containers, ...stack },
  }) => {
    test.setTimeout(240_000);
    await createForeignAgent(containers, { name, env });
    const inspect = () => containers.docker.getContainer(`agent-${name}`).inspect();
    const before = await inspect();
    await signIn(ada);
    const { say, turnIsOver, limitTo, log, answers } = onAgentPage(page, name);

    await test.step("all at once are named, each with what would change, before anything is done", async () => {
      await page.getByRole("button", { name: "Route all idle…" }).click();
      const dialog = page.getByRole("dialog", { name: "Route all idle containers?" });
      const line = dialog.getByRole("listitem").filter({ has: page.getByText(name, { exact: true }) });
      await line.getByText(name, { exact: true }).click();
      await expect(line.getByLabel("Variables that would be changed")).toBeVisible();
      await dialog.getByRole("button", { name: "Cancel" }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step("it is there by itself, not routed, and is routed after a look at what changes", async () => {
      await page.getByRole("button", { name: `Route ${name}` }).click();
      const dialog = page.getByRole("dialog", { name: `Route ${name}?` });
      if (way !== null) await dialog.getByLabel("How is it told the gateway's address?").selectOption(way);
      await expect(dialog.getByLabel("Variables that would be changed")).toContainText(
        way === null ? "ANTHROPIC_BASE_URL=http://" : "ANTHROPIC_BASE_URL in /home/developer/.env",
      );
      await dialog.getByRole("button", { name: "Apply" }).click();
      await expect(dialog).toBeHidden({ timeout: 60_000 });
      await page.getByRole("link", { name }).first().click();
      await page.waitForURL(`**/agents/${name}`);
      await expect(page.getByText("Its calls go through the gateway.")).toBeVisible();
    });

    await test.step("it is talked to, and its own credential pays", async () => {
      await page.getByRole("tab", { name: "Chat" }).click();
      await say(scripted("Hello", { text: "Present.", usage: USAGE }));
      await expect(answers.first().getByText("Present.")).toBeVisible({ timeout: 60_000 });
      await expect(answers.first().getByText("Bash")).toBeVisible();
      await expect(answers.first().getByText("$0.06 · 1 call")).toBeVisible();
      const own = await variableInside(containers, `agent-${name}`, "ANTHROPIC_API_KEY");
      expect(stack.gateway.upstream.calls.at(-1)?.headers["x-api-key"]).toBe(own);
      const said = stack.portalLog() + stack.gateway.process().output();
      for (const secret of [own ?? "", await agentKeyIn(containers, name)]) {
        expect(secret.length).toBeGreaterThan(8);
        expect(said.includes(secret)).toBe(false);
      }
    });

    await test.step("its budget stops it, as any agent's", async () => {
      await limitTo("0.10");
      for (let message = 2; message <= 3; message += 1) {
        await say(scripted("Again", { text: "Still here.", usage: USAGE }));
        await expect(answers).toHaveCount(message);
        await turnIsOver();
      }
      await expect(log.getByText(`${name} was stopped by its budget`)).toBeVisible();
    });

    await test.step("it is given back, and is what it was but for id, times and addresses", async () => {
      await page.getByRole("button", { name: "Give back…" }).click();
      const dialog = page.getByRole("dialog", { name: `Give the container of ${name} back?` });
      await dialog.getByRole("button", { name: "Give it back" }).click();
      await expect(dialog).toBeHidden({ timeout: 60_000 });
      await expect(page.getByText("Not routed: its spend is neither metered nor limited.")).toBeVisible();
      const after = await inspect();
      expect(after.Id === before.Id).toBe(way !== null); // nothing is made again for a line in a file
      expect(after.State.Status).toBe("running");
      expect(after.Config.Env).toEqual(before.Config.Env);
      expect(comparable(after)).toEqual(comparable(before));
    });
  });
}

test("an agent that goes past the gateway is called unguarded wherever it is shown, and comes back under its budget", async ({
  page,
  signIn,
  containerStack: { containers },
}) => {
  test.setTimeout(240_000);
  await createForeignAgent(containers, { name: "stray" });
  await signIn(ada);
  const baseUrl = (name: string) => variableInside(containers, `agent-${name}`, "ANTHROPIC_BASE_URL");

  await test.step("one of ours, made so", async () => {
    await page.getByRole("button", { name: "New agent" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByLabel("Name").fill("loner");
    await dialog.getByRole("radio", { name: /In a container here/ }).check();
    await dialog.getByLabel("Where do its calls go?").selectOption("Straight to Anthropic (unguarded)");
    await expect(dialog.getByText(/no budget stops them/)).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Create agent" })).toBeDisabled(); // nothing would pay
    await dialog.getByLabel("Anthropic API key").fill("sk-ant-a-key-of-its-own");
    await dialog.getByRole("button", { name: "Create agent" }).click();
    const made = page.getByRole("dialog", { name: "loner is running" });
    await expect(made.getByText(/^Unguarded: its calls go straight to Anthropic/)).toBeVisible({ timeout: 90_000 });
    await made.getByRole("button", { name: "Chat with loner" }).click();
    await page.waitForURL("**/agents/loner?tab=chat");
    await expect(page.getByText(/^Unguarded: its calls go straight to Anthropic/)).toBeVisible();
    expect(await baseUrl("loner")).toBeNull();
    await page.goto("/agents");
    await expect(page.getByRole("row", { name: /loner/ })).toContainText("unguarded");
  });

  await test.step("and brought back", async () => {
    await page.goto("/agents/loner?tab=settings");
    await page.getByLabel("Where do its calls go?").selectOption("By the gateway");
    await page.getByLabel("What pays for them?").selectOption("The gateway's Anthropic key");
    await page.getByRole("button", { name: "Save the routing" }).click();
    await expect(page.getByText("Saved. It is in force.")).toBeVisible({ timeout: 90_000 });
    await expect(page.getByText(/^Unguarded:/)).toBeHidden();
    expect(await baseUrl("loner")).toMatch(/^http:\/\/10\.213\./);
  });

  await test.step("one of Trinity's", async () => {
    await page.goto("/agents");
    await page.getByRole("button", { name: "Route stray" }).click();
    const dialog = page.getByRole("dialog", { name: "Route stray?" });
    await dialog.getByLabel("Where do its calls go?").selectOption("Straight to Anthropic (unguarded)");
    await expect(dialog.getByLabel("Variables that would be changed")).not.toContainText("ANTHROPIC_BASE_URL");
    await dialog.getByRole("button", { name: "Apply" }).click();
    await expect(dialog).toBeHidden({ timeout: 60_000 });
    await expect(page.getByText("Unguarded", { exact: true })).toBeVisible();
    await page.getByRole("link", { name: "stray" }).first().click();
    await page.waitForURL("**/agents/stray");
    await expect(page.getByText(/^Unguarded: its calls go straight to Anthropic/)).toBeVisible();
    await page.getByRole("button", { name: "Route…" }).click();
    await dialog.getByLabel("Where do its calls go?").selectOption("By the gateway");
    await dialog.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByText("Its calls go through the gateway.")).toBeVisible({ timeout: 60_000 });
    expect(await baseUrl("stray")).toMatch(/^http:\/\/10\.213\./);
  });
});

/** The key of ours that the container carries, in its environment or its workspace. */
async function agentKeyIn({ engine }: DockerTest, name: string): Promise<string> {
  const command = ["sh", "-c", "printenv ANTHROPIC_CUSTOM_HEADERS; cat /home/developer/.env"];
  const { output } = await engine.exec(`agent-${name}`, command, 10_000);
  return /tvk_[\w-]{43}/.exec(output)?.[0] ?? "";
}
