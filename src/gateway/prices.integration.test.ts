import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { createPriceOverrideStore } from "#ledger/price-override-store.ts";
import { createPriceOverrides } from "#ledger/price-overrides.ts";
import { createPrisma } from "#prisma-client.ts";
import { ask } from "#testing/ask.ts";
import { startTestGateway, type TestGateway } from "#testing/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.stop());

describe("a price that an admin sets", () => {
  it("is what the running gateway charges the next calls, and leaves past ones as they were", async () => {
    const prisma = createPrisma(gateway.databaseUrl);
    const overrides = createPriceOverrides(createPriceOverrideStore(prisma), () => new Date());
    const agent = await gateway.addAgent("priced");
    const script = { usage: { input_tokens: 1_000_000, output_tokens: 0 } };
    const body = { model: "claude-sonnet-4-5" };
    const cost = async (count: number) => (await gateway.ledger(agent, count)).at(-1)?.cost_nano_usd;
    await ask(gateway.url, { key: agent.key, body, script });
    expect(await cost(1)).toBe(3_000_000_000n);

    const standard = { input: "0.7", output: "1", cacheRead: "0.1", cacheCreation5m: "1", cacheCreation1h: "1" };
    const price = { standard, fast: null, longPrompt: null };
    await overrides.save(
      { userId: null, name: "Ada", role: "admin" } as never, // the audit log takes a name alone
      { model: "claude-sonnet-4-5", id: null, effectiveFrom: null, mark: "", price },
    );
    let calls = 1;
    const saved = performance.now();
    await vi.waitFor(
      async () => {
        calls += 1;
        await ask(gateway.url, { key: agent.key, body, script });
        expect(await cost(calls)).toBe(700_000_000n);
      },
      { timeout: 5_000 }, // the notification, and not the poll every ten seconds
    );
    expect(performance.now() - saved).toBeLessThan(5_000);
    expect((await gateway.ledger(agent, calls))[0]?.cost_nano_usd).toBe(3_000_000_000n);
    await prisma.$disconnect();
  });
});
