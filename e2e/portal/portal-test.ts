import { type Browser, test as base, expect, type Page } from "@playwright/test";

import { PASSWORD, type Stack, type StackPerson, startStack } from "./stack.ts";

type Fixtures = {
  /** Signs in with the form and ends up on the agents. */
  signIn: (person: StackPerson, page?: Page) => Promise<void>;
  /** Everything that went wrong in the browser unasked; a test that expects some empties it. */
  faults: string[];
};

/**
 * What makes the stack of one file its own: Playwright starts a new worker, and so a new stack, for each value.
 * Every file sets it, with its own name.
 */
type StackOf = { file: string /** Settings of the portal. */; environment?: Record<string, string> };

/** A test of the pages, on a stack that the tests of one file share. */
export const test = base.extend<Fixtures, { stack: Stack; stackOf: StackOf }>({
  stackOf: [{ file: "" }, { option: true, scope: "worker" }],
  stack: [
    async ({ stackOf }, use) => {
      const stack = await startStack(stackOf.environment);
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  page: async ({ page }, use) => use(whole(page)),
  baseURL: async ({ stack }, use) => use(stack.portalUrl),
  signIn: async ({ page }, use) => {
    await use(async (person, where = page) => {
      await where.goto("/login");
      await where.getByLabel("E-mail").fill(person.email);
      await where.getByLabel("Password").fill(PASSWORD);
      await where.getByRole("button", { name: "Sign in" }).click();
      await where.waitForURL("**/overview");
      await where.goto("/agents");
    });
  },
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          faults.push(message.text());
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Somebody else's browser. */
export async function openGuestPage(browser: Browser, stack: Stack): Promise<Page> {
  const context = await browser.newContext({ baseURL: stack.portalUrl });
  return whole(await context.newPage());
}

/** What the server streams later waits, hidden, at the end of the document. Until it is in its place it is there twice. */
function whole(page: Page): Page {
  const [goto, waitForURL] = [page.goto.bind(page), page.waitForURL.bind(page)];
  const settle = () => page.waitForFunction(() => document.querySelector('body > div[hidden][id^="S:"]') === null);
  page.goto = async (...target) => {
    const response = await goto(...target).catch((error: unknown) => {
      // Chromium gives up on whatever is under way when a network of Docker's comes or goes on this machine.
      if (!/ERR_NETWORK_CHANGED|chrome-error:/.test(String(error))) throw error;
      return goto(...target);
    });
    await settle();
    return response;
  };
  page.waitForURL = async (...target) => {
    await waitForURL(...target);
    await settle();
  };
  return page;
}

/** One call of Claude Code's kind, through the real gateway, as the agent with this key. Answers with the status. */
export async function callAsAgent(stack: Stack, virtualKey: string, usage = DEAR_USAGE): Promise<number> {
  const response = await fetch(`${stack.gateway.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${virtualKey}`,
      "content-type": "application/json",
      "x-script": JSON.stringify({ usage }),
    },
    body: JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 64,
      messages: [{ role: "user", content: "hello" }],
    }),
  });
  await response.arrayBuffer();
  return response.status;
}

/** $0.45 at the list price of claude-sonnet-4-5: 100,000 tokens in at $3, 10,000 out at $15 a million. */
export const DEAR_USAGE = {
  input_tokens: 100_000,
  output_tokens: 10_000,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};
