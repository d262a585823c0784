import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { promptAgent, scripted } from "./agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

let gateway: TestGateway;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
}, 600_000);
afterAll(() => gateway.stop());

const SQL = {
  limit:
    "INSERT INTO agent_rate_limits (scope, agent_id, requests_per_minute, updated_by) VALUES ('agent', $1, 2, 'test')",
  call: `INSERT INTO llm_requests (id, agent_id, admitted_at, model, outcome, priced_as, cost_nano_usd, streamed, is_estimated)
    VALUES (gen_random_uuid(), $1, $2, 'claude-sonnet-5-5', 'completed', 'list', 0, true, false)`,
};
const WAIT_MS = 20_000;

/** May call twice a minute, and has done so once, so that the place is free again in a while. */
async function addSlowAgent(name: string): Promise<TestAgent> {
  const agent = await gateway.addAgent(name);
  await gateway.pool.query(SQL.limit, [agent.id]);
  await gateway.pool.query(SQL.call, [agent.id, new Date(Date.now() - 60_000 + WAIT_MS)]);
  return agent;
}

it("Claude Code with a rate limit of 2 a minute finishes its work by waiting", async () => {
  const agents = await Promise.all(CLAUDE_CODE_VERSIONS.map((_, index) => addSlowAgent(`slow-${index}`)));
  await gateway.restart(); // reads the last minute from the ledger
  const prompt = scripted("work", {
    kind: "tool_use",
    tools: [{ name: "Bash", input: { command: "echo hi", description: "Hi" } }],
  });
  await Promise.all(
    CLAUDE_CODE_VERSIONS.map(async (version, index) => {
      const agent = agents[index] ?? { id: 0, name: "", key: "" };
      const options = { version, prompt, args: ["--allowedTools", "Bash"], timeoutMs: 110_000 };
      const { exitCode, json, durationMs } = await promptAgent(gateway, agent, options);
      expect(json, version).toMatchObject({ is_error: false });
      expect(exitCode, version).toBe(0);
      expect(durationMs, version).toBeLessThan(WAIT_MS * 2);
      const rows = await vi.waitFor(async () => {
        const found = (await gateway.ledger(agent, 4)).slice(1);
        expect(found.at(-1)?.outcome, version).toBe("completed");
        return found;
      });
      const outcomes = rows.map((row) => [row.outcome, row.status, row.error_type]);
      const [passed, refused] = [
        ["completed", 200, null],
        ["refused", 429, "rate_limit_error"],
      ];
      expect([outcomes[0], outcomes[1], outcomes.at(-1)], version).toEqual([passed, refused, passed]);
    }),
  );
});
