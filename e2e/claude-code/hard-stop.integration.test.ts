import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startTestGateway, type TestGateway } from "#testing/gateway.ts";
import { promptAgent, scripted } from "./agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

const CENT = 10_000_000n;

let gateway: TestGateway;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
}, 600_000);
afterAll(() => gateway.stop());

/** An answer that goes on for a minute and costs far more than its agent may spend. */
const LONG = { length: 400_000, chunks: 600, chunkDelayMs: 100, startUsage: { input_tokens: 100, output_tokens: 1 } };

describe.each(CLAUDE_CODE_VERSIONS)("Claude Code %s, whose running answer is cut at the limit,", (version) => {
  it("tries once more, is refused for good, and says why", async () => {
    const agent = await gateway.addAgent(`cut-${version.replaceAll(".", "-")}`, { day: 10n * CENT, action: "block" });
    await gateway.pool.query("UPDATE agent_budgets SET hard_stop = true WHERE agent_id = $1", [agent.id]);
    const { exitCode, json, durationMs } = await promptAgent(gateway, agent, {
      version,
      prompt: scripted("write much", LONG),
    });
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({ is_error: true, api_error_status: 402 });
    expect(json.result).toContain("This agent has reached its spending budget and was stopped.");
    expect(durationMs).toBeLessThan(30_000);
    const rows = await gateway.ledger(agent, 2);
    expect(rows.map((row) => [row.outcome, row.status, row.error_type, row.is_estimated, row.streamed])).toEqual([
      ["incomplete", 200, "billing_error", true, true],
      ["refused", 402, "billing_error", false, false],
    ]);
    const cost = rows[0]?.cost_nano_usd ?? 0n;
    expect(cost).toBeGreaterThanOrEqual(10n * CENT);
    expect(cost).toBeLessThan(12n * CENT);
  });
});
