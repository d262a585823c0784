import type { Page } from "@playwright/test";
import { expect, test as portalTest } from "../portal/portal-test.ts";
import { type ContainerStack, startContainerStack } from "./container-stack.ts";

/** A test of the pages with a real Docker engine beside them, which is there before the browser is started. */
export const test = portalTest.extend<object, { containerStack: ContainerStack }>({
  containerStack: [
    async ({ stackOf }, use) => {
      const stack = await startContainerStack(stackOf.environment);
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", auto: true, timeout: 600_000 },
  ],
  stack: async ({ containerStack }, use) => use(containerStack),
});

export { expect };

/** What a person does on an agent's page. */
export function onAgentPage(page: Page, agentName: string) {
  const log = page.getByRole("log", { name: `Conversation with ${agentName}` });
  const answers = log.getByRole("article");
  return {
    log,
    answers,

    async say(message: string): Promise<void> {
      await page.getByLabel(`Message to ${agentName}`).fill(message);
      await page.getByRole("button", { name: "Send" }).click();
    },

    /** The send button is back: the turn is over, however it ended. */
    async turnIsOver(): Promise<void> {
      await expect(page.getByRole("button", { name: "Send" })).toBeVisible({ timeout: 60_000 });
    },

    async limitTo(dollars: string): Promise<void> {
      await page.getByRole("tab", { name: "Budget" }).click();
      await page.getByLabel("Daily limit").fill(dollars);
      await page.getByRole("radio", { name: /^Block/ }).check();
      await page.getByRole("button", { name: "Save limits" }).click();
      await expect(page.getByText("Saved. It is in force for the next call.")).toBeVisible();
      await page.getByRole("tab", { name: "Chat" }).click();
    },
  };
}
