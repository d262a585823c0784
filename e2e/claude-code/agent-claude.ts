import type { TestAgent, TestGateway } from "#testing/gateway.ts";
import type { Script } from "../anthropic/script.ts";
import { type ClaudeOptions, runClaude } from "./claude-code.ts";
import type { ClaudeCodeVersion } from "./ensure-claude-code.ts";

/** The lines of the Connect panel for an agent that pays with the gateway's key: its own key is its only credential. */
export function virtualKeyEnvironment(url: string, agent: TestAgent): Record<string, string> {
  return { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: agent.key, CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1" };
}

/** The lines for an agent that keeps its own Anthropic key. */
export function ownKeyEnvironment(url: string, agent: TestAgent, anthropicKey: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: anthropicKey,
    ANTHROPIC_CUSTOM_HEADERS: `X-Trinity-Agent: ${agent.key}`,
  };
}

/** A prompt that makes the scripted upstream answer in this way. */
export function scripted(prompt: string, script: Script): string {
  return `${prompt} [[script: ${JSON.stringify(script)}]]`;
}

export type Prompt = Partial<ClaudeOptions> & { version: ClaudeCodeVersion; prompt: string; model?: string };

/** The arguments of one printed turn; `extra` goes last. */
export function printArgs({ prompt, model, args = [] }: Pick<Prompt, "prompt" | "model" | "args">): string[] {
  return ["-p", prompt, "--output-format", "json", ...(model === undefined ? [] : ["--model", model]), ...args];
}

/** `claude -p …` as an agent behind the gateway. */
export function promptAgent(gateway: TestGateway, agent: TestAgent, asked: Prompt) {
  const env = { ...virtualKeyEnvironment(gateway.url, agent), ...asked.env };
  return runClaude({ ...asked, args: printArgs(asked), env });
}
