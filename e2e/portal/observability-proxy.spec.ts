import { expectFlawless } from "./flawless.ts";
import { type ObservedStack, startObservedStack } from "./observed-stack.ts";
import { test as base, callAsAgent, expect } from "./portal-test.ts";

const test = base.extend<object, { observed: ObservedStack }>({
  observed: [
    async ({ stackOf }, use) => {
      if (stackOf.file !== "observability-proxy") throw new Error("the stack of another file");
      const observed = await startObservedStack("proxy");
      await use(observed);
      await observed.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  stack: [async ({ observed }, use) => use(observed.stack), { scope: "worker" }],
});
test.use({ stackOf: { file: "observability-proxy" } });

test("in proxy mode the page says what no choice can keep from Helicone, and which way calls go", async ({
  page,
  signIn,
  observed: { stack, helicone, setUp },
}) => {
  const ada = await stack.addPerson("Ada Lovelace", "admin");
  const agent = await stack.gateway.addAgent("narrator");
  await setUp();
  await signIn(ada);
  await page.goto("/settings/observability");
  await expect(page.getByText("In proxy mode Helicone sees everything that passes through it")).toBeVisible();
  await expect(page.getByText("HELICONE_MODE=log")).toBeVisible();
  await expect(page.getByText("Calls go through Helicone", { exact: true })).toBeVisible({ timeout: 20_000 });

  await helicone.setFaults({ jawn: "down" });
  expect(await callAsAgent(stack, agent.key)).toBe(200);
  await expect(page.getByText("Calls go straight to Anthropic", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("Helicone cannot be reached")).toBeVisible({ timeout: 30_000 });
  await expect(
    page.getByText(/Their calls go straight to Anthropic, and Helicone is told of them later/),
  ).toBeVisible();
  await expectFlawless(page, "helicone-proxy-mode");

  await page.goto("/agents/narrator?tab=settings");
  await expect(page.getByText(/Helicone sees the full texts of every call that goes through it/)).toBeVisible();
});
