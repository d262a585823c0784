import type { Page } from "@playwright/test";
import { PROCEDURE_ACCESS } from "#portal/api/access.ts";
import { scripted } from "../claude-code/agent-claude.ts";
import type { StackPerson } from "../portal/stack.ts";
import { expect, onAgentPage, test } from "./container-portal-test.ts";
import { canary } from "./container-stack.ts";
import { type DockerTest, variableInside } from "./docker-test.ts";
import { createForeignAgent } from "./foreign-agent.ts";

test.use({ stackOf: { file: "containers" } });

const TABS = ["Costs", "Requests", "Chat", "Logs", "Budget", "Connect", "Settings"];
const SUBSCRIPTIONS = /^(live\.|agents\.logs$)/;

let grace: StackPerson;

test.beforeAll(async ({ stack }) => {
  grace = await stack.addPerson("Grace Hopper", "admin");
});

test("no secret of any agent is in a response, a page or a log", async ({ page, signIn, containerStack: stack }) => {
  test.setTimeout(300_000);
  const { containers } = stack;
  const own = { key: canary("sk-ant-own-"), token: canary("token-"), header: canary("header-") };
  const heard = listen(page);
  await createForeignAgent(containers, {
    name: "hoarder",
    env: [
      `TRINITY_AGENT_AUTH_TOKEN=${own.token}`,
      `ANTHROPIC_CUSTOM_HEADERS=X-Secret: ${own.header}`,
      "ANTHROPIC_BASE_URL=http://theirs",
    ],
  });
  await signIn(grace);

  await test.step("agents are made, of ours with both kinds of pay, and of others", async () => {
    await makeAgent(page, { name: "keyless" });
    await makeAgent(page, { name: "payer", credential: own.key });
    await page.goto("/agents");
    await page.getByRole("button", { name: "Route hoarder" }).click();
    const dialog = page.getByRole("dialog", { name: "Route hoarder?" });
    await expect(dialog.getByLabel("Variables that would be changed")).toContainText("kept: X-Secret");
    await dialog.getByRole("button", { name: "Apply" }).click();
    await expect(dialog).toBeHidden({ timeout: 60_000 });
  });

  await test.step("they are talked to, and what they do prints their environment", async () => {
    const print = { kind: "tool_use", tools: [{ name: "Bash", input: { command: "env" } }] } as const;
    for (const name of ["keyless", "payer", "hoarder"]) {
      await page.goto(`/agents/${name}?tab=chat`);
      const { say, turnIsOver, answers } = onAgentPage(page, name);
      await say(name === "hoarder" ? "hello" : scripted("Look around", print));
      await expect(answers).toHaveCount(1);
      await turnIsOver();
    }
    const calls = stack.gateway.upstream.calls.map(({ headers }) => headers["x-api-key"]);
    expect(calls).toContain(own.key); // its own credential did pay
  });

  await test.step("every tab of every agent is looked at", async () => {
    for (const name of ["keyless", "payer", "hoarder"]) {
      await page.goto(`/agents/${name}`);
      for (const tab of TABS) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await expect(page.getByRole("tabpanel")).not.toBeEmpty();
        heard.texts.push(await page.content());
      }
    }
  });

  await test.step("every procedure and route is asked, also for what it cannot do", async () => {
    for (const agentName of ["keyless", "payer", "hoarder"]) {
      heard.texts.push(...(await askEverything(page, agentName)));
      await page.request.post("/api/trpc/agents.create", {
        headers: { origin: stack.portalUrl },
        data: { json: { name: agentName, runtime: "docker", credential: { kind: "api_key", value: own.key } } },
      });
    }
    const refused = await page.request.post("/api/trpc/agents.create", {
      headers: { origin: stack.portalUrl },
      data: { json: { name: "spaced", runtime: "docker", credential: { kind: "api_key", value: `${own.key} !` } } },
    });
    expect(refused.status()).toBe(400);
    heard.texts.push(await refused.text());
  });

  const secrets = [...Object.values(own), ...(await secretsInside(containers))];
  expect(secrets).toHaveLength(3 + 6);
  const said = {
    responses: heard.texts.join("\n"),
    portalLog: stack.portalLog(),
    gatewayLog: stack.gateway.process().output(),
    containerLogs: (await Promise.all(["keyless", "payer"].map((name) => logOf(containers, name)))).join("\n"),
  };
  // What is searched is what was meant to be: each holds words that it should.
  expect(said.responses).toContain("X-Trinity-Agent");
  expect(said.responses).toContain("hoarder");
  expect(said.containerLogs).toContain("Turn answered");
  expect(said.gatewayLog).toContain("listens");
  for (const [where, text] of Object.entries(said)) {
    for (const secret of secrets) expect(text.includes(secret), `${secret.slice(0, 9)}… in ${where}`).toBe(false);
  }
});

/** Keeps the body of whatever the browser is answered. */
function listen(page: Page): { texts: string[] } {
  const heard: { texts: string[] } = { texts: [] };
  page.on("requestfinished", async (request) => {
    const response = await request.response();
    const text = await response?.text().catch(() => ""); // a redirect has none
    heard.texts.push(text ?? "");
  });
  return heard;
}

async function makeAgent(page: Page, { name, credential }: { name: string; credential?: string }): Promise<void> {
  await page.goto("/agents");
  await page.getByRole("button", { name: "New agent" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("radio", { name: /In a container here/ }).check();
  if (credential !== undefined) {
    await dialog.getByLabel("What pays for them?").selectOption("An API key of its own");
    await dialog.getByLabel("Anthropic API key").fill(credential);
  }
  await dialog.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByRole("dialog", { name: `${name} is running` })).toBeVisible({ timeout: 90_000 });
}

/** All that the portal can be asked about an agent, refusals included. */
async function askEverything(page: Page, agentName: string): Promise<string[]> {
  const input = { agentName, name: agentName, days: 7, period: "day", tail: 1_000, limit: 50 };
  const query = `input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
  const texts: string[] = [];
  for (const procedure of Object.keys(PROCEDURE_ACCESS)) {
    if (SUBSCRIPTIONS.test(procedure)) continue;
    texts.push(await (await page.request.get(`/api/trpc/${procedure}?${query}`)).text());
  }
  for (const address of ["/api/agents", `/api/agents/${agentName}/costs`, "/api/health"]) {
    texts.push(await (await page.request.get(address)).text());
  }
  return texts;
}

/** The keys and tokens that we have put into containers, and the one of ours that is in theirs. */
async function secretsInside(containers: DockerTest): Promise<string[]> {
  const variable = async (name: string, variableName: string) =>
    (await variableInside(containers, `agent-${name}`, variableName)) ?? "";
  const keyIn = (headers: string) => /X-Trinity-Agent: (tvk_\S+)/.exec(headers)?.[1] ?? "";
  const secrets = [
    await variable("keyless", "ANTHROPIC_AUTH_TOKEN"),
    await variable("keyless", "TRINITY_AGENT_AUTH_TOKEN"),
    keyIn(await variable("payer", "ANTHROPIC_CUSTOM_HEADERS")),
    await variable("payer", "TRINITY_AGENT_AUTH_TOKEN"),
    keyIn(await variable("hoarder", "ANTHROPIC_CUSTOM_HEADERS")),
    await variable("hoarder", "ANTHROPIC_API_KEY"),
  ];
  return secrets.filter((secret) => secret.length >= 16);
}

async function logOf({ docker }: DockerTest, name: string): Promise<string> {
  const log = await docker.getContainer(`agent-${name}`).logs({ stdout: true, stderr: true, follow: false });
  return log.toString("utf8");
}
