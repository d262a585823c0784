import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { GATEWAY_ANTHROPIC_KEY, startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { ownKeyEnvironment, promptAgent, scripted } from "./agent-claude.ts";
import { runClaude } from "./claude-code.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

const CENT = 10_000_000n;
const SENTENCE = "This agent has reached its spending budget and was stopped.";

let gateway: TestGateway;
let keyless: TestGateway;
const doors: TestGateway[] = [];
let agents = 0;
const newAgent = (on: TestGateway) => on.addAgent(`limit-${++agents}`);
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
  doors.push(gateway);
  keyless = await startTestGateway({ env: { ANTHROPIC_API_KEY: "" } });
  doors.push(keyless);
}, 600_000);
beforeEach(() => gateway.upstream.reset());
afterAll(() => Promise.all(doors.map((door) => door.stop())));

/** The keys that the upstream was given, of both kinds. */
const keysSeen = (on: TestGateway) =>
  on.upstream.calls.map((call) =>
    [call.headers["x-api-key"], call.headers.authorization].filter((key) => key !== undefined),
  );

describe.each(CLAUDE_CODE_VERSIONS)("a budget stops Claude Code %s", (version) => {
  it("in one attempt, in under five seconds, with our sentence; and raising the limit lets the next call through at once", async () => {
    const agent = await newAgent(gateway);
    await gateway.setBudget(agent, { day: CENT, action: "block" });
    expect((await promptAgent(gateway, agent, { version, prompt: "spend it" })).json).toMatchObject({
      is_error: false,
    });
    gateway.upstream.reset();

    const stopped = await promptAgent(gateway, agent, { version, prompt: "hello" });
    expect(stopped.exitCode).toBe(1);
    expect(stopped.json).toMatchObject({ is_error: true, api_error_status: 402 });
    expect(stopped.json.result).toContain(SENTENCE);
    expect(stopped.json.result).toContain("/stopped");
    expect(stopped.durationMs).toBeLessThan(5_000);
    const rows = await gateway.ledger(agent, 2);
    expect(rows.map((row) => [row.outcome, row.status, row.error_type])).toEqual([
      ["completed", 200, null],
      ["refused", 402, "billing_error"],
    ]);
    expect(rows[1]?.cost_nano_usd).toBe(0n);
    expect(gateway.upstream.calls).toEqual([]);

    await gateway.setBudget(agent, { day: 100n * CENT, action: "block" });
    expect((await promptAgent(gateway, agent, { version, prompt: "go on" })).json).toMatchObject({ is_error: false });
    expect((await gateway.ledger(agent, 3)).map((row) => row.outcome)).toEqual(["completed", "refused", "completed"]);
  });

  it("also as people see it, without JSON", async () => {
    const agent = await newAgent(gateway);
    await gateway.setBudget(agent, { month: 0n, action: "block" });
    const { exitCode, stdout } = await promptAgent(gateway, agent, {
      version,
      prompt: "hello",
      args: ["--output-format", "text"],
    });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(SENTENCE);
  });

  it("in the middle of a turn: the tool's result is not sent on", async () => {
    const agent = await newAgent(gateway);
    await gateway.setBudget(agent, { day: CENT, action: "block" });
    const prompt = scripted("go", {
      kind: "tool_use",
      tools: [{ name: "Bash", input: { command: "echo hi", description: "Hi" } }],
    });
    const { json } = await promptAgent(gateway, agent, { version, prompt, args: ["--allowedTools", "Bash"] });
    expect(json).toMatchObject({ is_error: true, api_error_status: 402 });
    expect(gateway.upstream.calls).toHaveLength(1);
    expect((await gateway.ledger(agent, 2)).map((row) => row.outcome)).toEqual(["completed", "refused"]);
  });

  it("not where it only warns", async () => {
    const agent = await newAgent(gateway);
    await gateway.setBudget(agent, { day: 0n, action: "warn" });
    expect((await promptAgent(gateway, agent, { version, prompt: "hello" })).json).toMatchObject({ is_error: false });
  });
});

describe("the key in front of the gateway", () => {
  it.each(CLAUDE_CODE_VERSIONS)(
    "%s: a wrong one ends in one attempt with a text that says what to do",
    async (version) => {
      const agent: TestAgent = { id: 0, name: "nobody", key: `tvk_${"x".repeat(43)}` };
      const { exitCode, json, durationMs } = await promptAgent(gateway, agent, { version, prompt: "hello" });
      expect(exitCode).toBe(1);
      expect(json).toMatchObject({ is_error: true, api_error_status: 401 });
      expect(json.result).toContain("This agent key is not valid");
      expect(durationMs).toBeLessThan(5_000);
      expect(gateway.upstream.calls).toEqual([]);
    },
  );

  it("the agent's key as the API key: the upstream gets the gateway's, and never sees ours", async () => {
    const agent = await newAgent(gateway);
    await promptAgent(gateway, agent, { version: "2.1.330", prompt: "hello" });
    expect(keysSeen(gateway)).toEqual([[GATEWAY_ANTHROPIC_KEY]]);
    const text = JSON.stringify(gateway.upstream.calls);
    expect(text).not.toContain(agent.key);
    expect(gateway.process().output()).not.toContain(agent.key);
    expect(gateway.process().output()).not.toContain(GATEWAY_ANTHROPIC_KEY);
  });

  it.each(CLAUDE_CODE_VERSIONS)(
    "%s: the agent's key in a header beside a key of its own: its own one pays",
    async (version) => {
      for (const door of [gateway, keyless]) {
        const agent = await newAgent(door);
        const env = ownKeyEnvironment(door.url, agent, "sk-ant-agents-own");
        const { json } = await runClaude({ version, args: ["-p", "hello", "--output-format", "json"], env });
        expect(json).toMatchObject({ is_error: false });
        expect(keysSeen(door).at(-1)).toEqual(["sk-ant-agents-own"]);
        expect(door.upstream.calls.at(-1)?.headers).not.toHaveProperty("x-trinity-agent");
        expect(await door.ledger(agent, 1)).toMatchObject([{ outcome: "completed", priced_as: "list" }]);
      }
    },
  );

  it("a gateway without an Anthropic key tells an agent that has none either, in one attempt", async () => {
    const agent = await newAgent(keyless);
    const { json, durationMs } = await promptAgent(keyless, agent, { version: "2.1.330", prompt: "hello" });
    expect(json).toMatchObject({ is_error: true, api_error_status: 401 });
    expect(json.result).toContain("The gateway holds no Anthropic key");
    expect(durationMs).toBeLessThan(5_000);
  });
});
