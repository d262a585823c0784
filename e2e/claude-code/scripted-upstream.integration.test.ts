import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { type ScriptedAnthropic, startScriptedAnthropic } from "../anthropic/scripted-anthropic.ts";
import { runClaude } from "./claude-code.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

let upstream: ScriptedAnthropic;
beforeAll(async () => {
  upstream = await startScriptedAnthropic();
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
}, 600_000);
afterEach(() => upstream.reset());
afterAll(() => upstream.close());

/** The scripted upstream is only worth something as long as the real CLI takes it for Anthropic. */
describe.each(CLAUDE_CODE_VERSIONS)("Claude Code %s takes the scripted upstream for Anthropic", (version) => {
  const run = (prompt: string) =>
    runClaude({
      version,
      args: ["-p", prompt, "--output-format", "json", "--allowedTools", "Bash"],
      env: { ANTHROPIC_BASE_URL: upstream.url, ANTHROPIC_API_KEY: "k" },
    });

  it("and prints its answer and its usage", async () => {
    const { exitCode, json } = await run('hello [[script: {"text":"Good morning."}]]');
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({ subtype: "success", is_error: false, result: "Good morning." });
    expect(json.total_cost_usd).toBeGreaterThan(0);
    const probes = version === "2.1.197" ? ["HEAD /"] : [];
    const calls = upstream.calls.map((call) => `${call.method} ${call.path}`);
    expect(calls).toEqual([...probes, "POST /v1/messages?beta=true"]);
  });

  it("and runs the tools it calls", async () => {
    const script = {
      kind: "tool_use",
      tools: [{ name: "Bash", input: { command: "echo tool-$((40+2))", description: "Count" } }],
    };
    expect((await run(`go [[script: ${JSON.stringify(script)}]]`)).exitCode).toBe(0);
    const messages = upstream.calls.filter((call) => call.method === "POST");
    expect(messages).toHaveLength(2);
    expect(messages[1]?.body).toContain("tool-42");
  });
});
