import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { HELICONE_IDLE_TIMEOUT_MS, type ProxiedGateway, startProxiedGateway } from "#testing/proxied-gateway.ts";
import { promptAgent, scripted } from "./agent-claude.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

/** What the CLI takes for starting, asking and waiting before it tries again, on a busy machine. */
const CLI_MS_MAX = 20_000;

let proxied: ProxiedGateway;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  proxied = await startProxiedGateway({ HELICONE_TIMEOUT_MS: "5000" });
}, 600_000);
afterAll(() => proxied.stop());

describe.each(CLAUDE_CODE_VERSIONS)("Claude Code %s, whose calls go through Helicone,", (version) => {
  beforeEach(async () => {
    await proxied.helicone.setFaults({ jawn: "up" });
    await proxied.goThroughAgain();
    proxied.upstream.reset();
    proxied.helicone.received.length = 0;
  });
  const prompt = (text: string) =>
    promptAgent(proxied.gateway, proxied.agent, { version, prompt: text, timeoutMs: 120_000 });

  it("works as ever, and is told apart there by its session", async () => {
    const { exitCode, json } = await prompt(scripted("hello", { text: "Hello there." }));
    expect([exitCode, json.result, json.is_error]).toEqual([0, "Hello there.", false]);
    expect(proxied.reached().map(({ way }) => way)).not.toContain("around");
    const sessions = proxied.helicone.received
      .filter(({ path }) => path.startsWith("/v1/gateway/"))
      .map(({ headers }) => headers["helicone-session-id"]);
    expect(new Set(sessions)).toEqual(new Set([json.session_id]));
    expect(proxied.helicone.violations()).toEqual([]);
  });

  it("tries again within seconds when Anthropic cuts its answer, which Helicone does not pass on", async () => {
    const cutOnce = { cutAfterEvents: 5, times: 1, afterwards: { text: "Whole at last." } };
    const { exitCode, json, durationMs } = await prompt(scripted("write", cutOnce));
    expect([exitCode, json.result]).toEqual([0, "Whole at last."]);
    expect(durationMs).toBeLessThan(HELICONE_IDLE_TIMEOUT_MS + CLI_MS_MAX);
    expect(proxied.reached().at(-1)?.way).toBe("around");
  });

  it("does not notice that Helicone is down", async () => {
    await proxied.helicone.setFaults({ jawn: "down" });
    const { exitCode, json } = await prompt(scripted("hello", { text: "Hello again." }));
    expect([exitCode, json.result, json.is_error]).toEqual([0, "Hello again.", false]);
    expect(new Set(proxied.reached().map(({ way }) => way))).toEqual(new Set(["around"]));
  });
});
