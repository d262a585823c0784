import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { formatLine } from "#gateway/journal-lines.ts";
import { type Answer, ask, errorIn } from "#testing/ask.ts";
import { openCall } from "#testing/calls.ts";
import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";

const USD = 1_000_000_000n;
/** Two dollars for a million tokens. */
const tokensFor = (usd: number) => ({ usage: { input_tokens: Math.round(usd * 500_000), output_tokens: 0 } });

/** The words that make programs around an agent take a stop for trouble with its credential. */
const ALARMING =
  /usage limit|rate limit|rate_limit|out of usage|resets |exceeded your|quota exceeded|unauthorized|authentication|credentials|forbidden|401|403|oauth|credit balance/i;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ env: { NEXTAUTH_URL: "https://portal.example" } });
}, 60_000);
afterAll(() => gateway.stop());

async function spend(agent: TestAgent, usd: number): Promise<Answer> {
  return ask(gateway.url, { key: agent.key, script: tokensFor(usd) });
}

function callsAtUpstream(): number {
  return gateway.upstream.calls.length;
}

describe("at the limit", () => {
  it("the next call is refused before it reaches the upstream: 402, final, in exactly this form", async () => {
    const agent = await gateway.addAgent("blocked", { day: 2n * USD, action: "block" });
    expect((await spend(agent, 1.99999)).status).toBe(200);
    expect((await spend(agent, 0.00001)).status).toBe(200);
    const before = callsAtUpstream();
    for (const body of [{}, { stream: true }]) {
      const answer = await ask(gateway.url, { key: agent.key, body });
      const { requestId } = errorIn(answer.text);
      expect(answer.status).toBe(402);
      expect(JSON.parse(answer.text)).toEqual({
        type: "error",
        error: {
          type: "billing_error",
          message:
            "This agent has reached its spending budget and was stopped. An administrator can let it go on: https://portal.example/stopped",
        },
        request_id: requestId,
      });
      expect(answer.headers).toMatchObject({
        "content-type": "application/json",
        "x-should-retry": "false",
        "request-id": requestId,
      });
      expect(answer.headers).not.toHaveProperty("retry-after");
    }
    expect(callsAtUpstream()).toBe(before);
    const rows = await gateway.ledger(agent, 4);
    expect(rows.map((row) => [row.outcome, row.status, row.error_type, row.cost_nano_usd])).toEqual([
      ["completed", 200, null, 1_999_990_000n],
      ["completed", 200, null, 10_000n],
      ["refused", 402, "billing_error", 0n],
      ["refused", 402, "billing_error", 0n],
    ]);
    expect(rows.slice(2).map((row) => row.streamed)).toEqual([false, true]);
  });

  it("nothing in a refusal, its id included, looks like trouble with the credential", async () => {
    const agent = await gateway.addAgent("agent-401-403", { month: 0n, action: "block" });
    const refusals = await Promise.all(Array.from({ length: 150 }, () => ask(gateway.url, { key: agent.key })));
    for (const { status, text, headers } of refusals) {
      expect(status).toBe(402);
      expect(text + headers["request-id"]).not.toMatch(ALARMING);
      expect(text).not.toMatch(/\$|agent-/);
    }
  });

  it.each([
    ["the month's", { month: USD, action: "block" as const }],
    ["the day's, although the month's is far", { day: USD, month: 100n * USD, action: "block" as const }],
    ["the month's, although the day's is far", { day: 100n * USD, month: USD, action: "block" as const }],
  ])("%s limit alone is enough", async (name, budget) => {
    const agent = await gateway.addAgent(`limit-${name.replace(/\W+/g, "-")}`.toLowerCase(), budget);
    expect([(await spend(agent, 1)).status, (await spend(agent, 1)).status]).toEqual([200, 402]);
  });

  it("a limit of 0 allows nothing, and no limit everything", async () => {
    const [none, free] = [
      await gateway.addAgent("zero", { day: 0n, action: "block" }),
      await gateway.addAgent("free", { action: "block" }),
    ];
    expect([(await spend(none, 1)).status, (await spend(free, 1_000)).status, (await spend(free, 1)).status]).toEqual([
      402, 200, 200,
    ]);
  });

  it.each(["warn", "none"] as const)("an agent that is only watched (%s) goes on", async (action) => {
    const agent = await gateway.addAgent(`action-${action}`, { day: USD, action });
    for (let call = 0; call < 3; call += 1) expect((await spend(agent, 1)).status).toBe(200);
  });

  it("other agents, and what costs nothing, go on", async () => {
    const [agent, other] = [
      await gateway.addAgent("spent", { day: USD, action: "block" }),
      await gateway.addAgent("other", { day: USD, action: "block" }),
    ];
    await spend(agent, 1);
    expect([(await spend(agent, 1)).status, (await spend(other, 0.1)).status]).toEqual([402, 200]);
    expect((await ask(gateway.url, { key: agent.key, path: "/v1/messages/count_tokens" })).status).toBe(200);
  });

  it("a call that is under way goes on to its end, and is counted", async () => {
    const agent = await gateway.addAgent("under-way", { day: USD, action: "block" });
    const slow = ask(gateway.url, { key: agent.key, script: { ...tokensFor(0.5), headersDelayMs: 500 } });
    await sleep(100);
    await spend(agent, 1);
    expect((await spend(agent, 1)).status).toBe(402);
    expect((await slow).status).toBe(200);
    const { rows } = await vi.waitFor(async () => {
      const found = await gateway.pool.query("SELECT cost_nano_usd FROM usage_days WHERE agent_id = $1", [agent.id]);
      expect(found.rows[0]?.cost_nano_usd).toBe((3n * USD) / 2n);
      return found;
    });
    expect(rows).toHaveLength(1);
  });

  it("a call whose cost nobody reported counts too", async () => {
    const agent = await gateway.addAgent("estimated", { day: 1n, action: "block" });
    await ask(gateway.url, { key: agent.key, script: { usage: "missing" } });
    expect((await spend(agent, 1)).status).toBe(402);
  });
});

describe("changes take effect at once, without a restart", () => {
  async function untilStatus(agent: TestAgent, status: number): Promise<number> {
    const startedAt = performance.now();
    await vi.waitFor(async () => expect((await spend(agent, 0)).status).toBe(status), { timeout: 5_000, interval: 20 });
    return performance.now() - startedAt;
  }

  it("a raised limit lets the next call through; a lowered one stops it; so do the other settings", async () => {
    const agent = await gateway.addAgent("raised", { day: USD, action: "block" });
    const { pid } = gateway.process();
    await spend(agent, 1);
    expect((await spend(agent, 0)).status).toBe(402);
    const steps: [Parameters<TestGateway["setBudget"]>[1], number][] = [
      [{ day: 2n * USD, action: "block" }, 200],
      [{ day: USD, action: "block" }, 402],
      [{ day: USD, action: "warn" }, 200],
      [{ day: 100n * USD, month: USD, action: "block" }, 402],
      [null, 200],
    ];
    for (const [budget, status] of steps) {
      await gateway.setBudget(agent, budget);
      expect(await untilStatus(agent, status)).toBeLessThan(2_000);
    }
    expect(gateway.process().pid).toBe(pid);
  });

  it("a key that was replaced or removed is refused, and the new one works", async () => {
    const agent = await gateway.addAgent("removed");
    await gateway.pool.query("UPDATE agent_ownership SET removed_at = now() WHERE id = $1", [agent.id]);
    await untilStatus(agent, 401);
    await gateway.pool.query("UPDATE agent_ownership SET removed_at = NULL WHERE id = $1", [agent.id]);
    await untilStatus(agent, 200);
  });
});

describe("warnings", () => {
  const alertsOf = async (agent: TestAgent) => {
    const text =
      "SELECT period, threshold_percent, limit_nano_usd, spent_nano_usd FROM alerts WHERE agent_id = $1 ORDER BY id";
    return (await gateway.pool.query(text, [agent.id])).rows.map((row) => [
      row.period,
      row.threshold_percent,
      row.spent_nano_usd,
    ]);
  };
  const warningsOf = (agent: TestAgent) =>
    gateway
      .process()
      .output()
      .split("\n")
      .filter((line) => line.includes(`"agent":"${agent.name}"`))
      .map((line) => JSON.parse(line));

  it("each threshold is one row and one line in the log, at the call that reaches it", async () => {
    const agent = await gateway.addAgent("warned", { day: 10n * USD, action: "warn" });
    for (const usd of [4.99999, 0.00001, 2, 1, 1, 1, 0, 5]) await spend(agent, usd);
    await gateway.ledger(agent, 8);
    expect(await alertsOf(agent)).toEqual([
      ["day", 50, 5n * USD],
      ["day", 80, 8n * USD],
      ["day", 100, 10n * USD],
    ]);
    expect(
      warningsOf(agent).map((line) => [line.level, line.period, line.thresholdPercent, line.spent, line.limit]),
    ).toEqual([
      [40, "day", 50, "$5.00", "$10.00"],
      [40, "day", 80, "$8.00", "$10.00"],
      [40, "day", 100, "$10.00", "$10.00"],
    ]);
    expect(warningsOf(agent)[1].msg).toBe("An agent has used 80 % of its limit for the day");
  });

  it("one call may reach several, of the day and of the month", async () => {
    const agent = await gateway.addAgent("leap", { day: 10n * USD, month: 20n * USD, action: "block" });
    await spend(agent, 16);
    await gateway.ledger(agent, 1);
    expect((await alertsOf(agent)).map(([period, percent]) => `${period} ${percent}`).toSorted()).toEqual([
      "day 100",
      "day 50",
      "day 80",
      "month 50",
      "month 80",
    ]);
  });

  it("a raised limit warns again; a restart does not", async () => {
    const agent = await gateway.addAgent("again", { day: 10n * USD, action: "warn" });
    await spend(agent, 8);
    await gateway.ledger(agent, 1);
    await gateway.restart("SIGKILL");
    await spend(agent, 0.5);
    await gateway.ledger(agent, 2);
    expect(await alertsOf(agent)).toHaveLength(2);
    await gateway.setBudget(agent, { day: 20n * USD, action: "warn" });
    await vi.waitFor(async () => {
      await spend(agent, 1);
      expect(await alertsOf(agent)).toHaveLength(3);
    });
    expect((await alertsOf(agent))[2]?.slice(0, 2)).toEqual(["day", 50]);
  });

  it("an agent without a limit, or that nobody watches, raises none", async () => {
    const agents = [
      await gateway.addAgent("unlimited", { action: "block" }),
      await gateway.addAgent("unwatched", { day: USD, action: "none" }),
    ];
    for (const agent of agents) {
      await spend(agent, 5);
      await gateway.ledger(agent, 1);
      expect(await alertsOf(agent)).toEqual([]);
    }
  });
});

describe("over a restart", () => {
  it.each(["SIGTERM", "SIGKILL"] as const)("the spend is kept (%s)", async (signal) => {
    const agent = await gateway.addAgent(`kept-${signal.toLowerCase()}`, { day: USD, action: "block" });
    await spend(agent, 0.6);
    await gateway.restart(signal);
    expect((await spend(agent, 0.4)).status).toBe(200);
    await gateway.restart(signal);
    expect((await spend(agent, 0)).status).toBe(402);
  });

  it("a call belongs to the day of its admission, also when it ends on the next", async () => {
    const agent = await gateway.addAgent("yesterday", { day: USD, action: "block" });
    await gateway.process().end();
    const admittedAt = new Date(Date.now() - 86_400_000);
    const folder = path.join(gateway.dataDir, "journal");
    mkdirSync(folder, { recursive: true });
    // Some 200 $ of input by its size, and never settled.
    const call = openCall(1, { agentId: agent.id, admittedAt, requestBytes: 400_000_000 });
    appendFileSync(path.join(folder, "calls-99999990.jsonl"), formatLine({ kind: "open", call }));
    await gateway.restart();
    expect((await spend(agent, 0.5)).status).toBe(200);
    const text = "SELECT cost_nano_usd FROM usage_days WHERE agent_id = $1 ORDER BY day_start";
    await gateway.ledger(agent, 2);
    const { rows } = await gateway.pool.query(text, [agent.id]);
    expect(rows.map((row) => row.cost_nano_usd)).toEqual([200n * USD, USD / 2n]);
  });
});
