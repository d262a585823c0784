import { createParser, type EventSourceMessage } from "eventsource-parser";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";

import { createPeekAdmission } from "#limits/admission-peek.ts";
import { ask, errorIn } from "#testing/ask.ts";
import { INTERNAL_TOKEN, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

const CENT = 10_000_000n;
/** Sonnet: 15 dollars for a million tokens of output, of four characters each. */
const centsOf = (characters: number) => Number((characters / 4) * 0.0015);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterEach(() => gateway.upstream.reset());
afterAll(() => gateway.stop());

async function addStopped(name: string, day: bigint, isHard = true): Promise<TestAgent> {
  const agent = await gateway.addAgent(name, { day, action: "block" });
  await gateway.pool.query("UPDATE agent_budgets SET hard_stop = $2 WHERE agent_id = $1", [agent.id, isHard]);
  await untilKnown(agent);
  return agent;
}
/** A change that is seen shows that what was saved before it is known. */
async function untilKnown(agent: TestAgent): Promise<void> {
  const peek = createPeekAdmission({ url: gateway.internalUrl, token: INTERNAL_TOKEN });
  await gateway.pool.query("UPDATE agent_ownership SET paused_at = now() WHERE id = $1", [agent.id]);
  await vi.waitFor(async () => expect((await peek(agent.id)).verdict).toMatchObject({ reason: "paused" }));
  await gateway.pool.query("UPDATE agent_ownership SET paused_at = NULL WHERE id = $1", [agent.id]);
  await vi.waitFor(async () => expect((await peek(agent.id)).verdict.outcome).toBe("admitted"));
}

/** 100,000 characters cost some 37 cents. */
const LONG = { length: 100_000, chunks: 200, chunkDelayMs: 2, startUsage: { input_tokens: 10, output_tokens: 1 } };
const stream = (agent: TestAgent, script: object = LONG) =>
  ask(gateway.url, { key: agent.key, body: { stream: true, model: "claude-sonnet-4-5" }, script });

function eventsOf(text: string): EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed(text);
  return events;
}
function charactersIn(events: readonly EventSourceMessage[]): number {
  return events
    .map(({ data }) => JSON.parse(data))
    .reduce((sum, event) => sum + (event.type === "content_block_delta" ? event.delta.text.length : 0), 0);
}

describe("a running answer at a limit with a hard stop", () => {
  it.each([
    ["", {}],
    [", in pieces of 7 bytes", { chunkBytes: 7 }],
    [", with line ends of two characters", { crlf: true }],
  ])(
    "ends with a valid error event%s; it is settled by then, and the next try is refused for good",
    async (name, how) => {
      const agent = await addStopped(`cut${name.replace(/\W+/g, "-")}`, 10n * CENT);
      const answer = await stream(agent, { ...LONG, ...how });
      const next = ask(gateway.url, { key: agent.key });
      expect(answer.status).toBe(200);
      expect(answer.text.endsWith("\n\n")).toBe(true);
      const events = eventsOf(answer.text);
      const last = events.at(-1);
      expect(last?.event).toBe("error");
      expect(errorIn(last?.data ?? "")).toMatchObject({
        type: "error",
        errorType: "billing_error",
        message: expect.stringContaining("This agent has reached its spending budget and was stopped."),
        requestId: answer.headers["request-id"],
      });
      const passed = centsOf(charactersIn(events.slice(0, -1)));
      expect(passed).toBeGreaterThan(9.9);
      expect(passed).toBeLessThan(11);
      expect((await next).status).toBe(402);

      const rows = await gateway.ledger(agent, 2);
      expect(rows.map((row) => [row.outcome, row.status, row.error_type, row.is_estimated])).toEqual([
        ["incomplete", 200, "billing_error", true],
        ["refused", 402, "billing_error", false],
      ]);
      expect(rows[0]?.cost_nano_usd).toBeGreaterThanOrEqual(10n * CENT);
      expect(rows[0]?.cost_nano_usd).toBeLessThan(11n * CENT);
      await vi.waitFor(() => expect(gateway.upstream.calls[0]?.outcome).toBe("aborted"));
    },
  );

  it("counts all that is in flight: two that would each fit are cut together", async () => {
    const agent = await addStopped("together", 20n * CENT);
    const slow = { ...LONG, length: 45_000, chunkDelayMs: 5 }; // 17 cents each
    const answers = await Promise.all([stream(agent, slow), stream(agent, slow)]);
    const lasts = answers.map(({ text }) => eventsOf(text).at(-1)?.event);
    expect(lasts).toEqual(["error", "error"]);
    const rows = await gateway.ledger(agent, 2);
    const total = rows.reduce((sum, row) => sum + row.cost_nano_usd, 0n);
    expect(total).toBeGreaterThanOrEqual(20n * CENT);
    expect(total).toBeLessThan(22n * CENT);
  });

  it("an answer that stays below it, or that is no stream, comes whole", async () => {
    const agent = await addStopped("whole", 10n * CENT);
    expect(eventsOf((await stream(agent, { ...LONG, length: 1_000 })).text).at(-1)?.event).toBe("message_stop");
    const json = await ask(gateway.url, { key: agent.key, script: { length: 100_000 } });
    expect(JSON.parse(json.text).type).toBe("message");
  });
});

it("without the hard stop a running answer goes on to its end", async () => {
  const agent = await addStopped("soft", 10n * CENT, false);
  expect(eventsOf((await stream(agent)).text).at(-1)?.event).toBe("message_stop");
  expect((await ask(gateway.url, { key: agent.key })).status).toBe(402);
});

describe("a pause", () => {
  it("refuses the next call, finally and in words of its own, and lets the running one end", async () => {
    const agent = await gateway.addAgent("paused");
    const running = stream(agent, { length: 2_000, chunks: 40, chunkDelayMs: 20 });
    await vi.waitFor(() => expect(gateway.upstream.calls.length).toBe(1));
    await gateway.pool.query("UPDATE agent_ownership SET paused_at = now() WHERE id = $1", [agent.id]);
    const refused = await vi.waitFor(async () => {
      const answer = await ask(gateway.url, { key: agent.key });
      expect(answer.status).toBe(402);
      return answer;
    });
    expect(errorIn(refused.text)).toMatchObject({ errorType: "billing_error" });
    expect(errorIn(refused.text).message).toMatch(/^This agent is paused and was stopped\./);
    expect(refused.headers["x-should-retry"]).toBe("false");
    expect(eventsOf((await running).text).at(-1)?.event).toBe("message_stop");
    const rows = await gateway.ledger(agent, 2);
    expect(rows.at(-1)).toMatchObject({ outcome: "refused", status: 402, error_type: "billing_error" });
    await gateway.pool.query("UPDATE agent_ownership SET paused_at = NULL WHERE id = $1", [agent.id]);
    await vi.waitFor(async () => expect((await ask(gateway.url, { key: agent.key })).status).toBe(200));
  });
});
