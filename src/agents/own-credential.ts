import type { KeyMode } from "#agents/agent-environment.ts";
import { type AgentRouting, VIRTUAL_KEY_PREFIX } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

/** What an agent pays with itself: an API key of Anthropic's, or the token of a subscription (`claude setup-token`). */
export type OwnCredential = { kind: "api_key" | "oauth_token"; value: string };

const VARIABLES = { api_key: "ANTHROPIC_API_KEY", oauth_token: "CLAUDE_CODE_OAUTH_TOKEN" } as const;
const VALUE = /^[\x21-\x7e]{8,4096}$/;

/**
 * How an agent of ours that goes this way is told who it is: without a credential of its own, by its key alone.
 * @throws DomainError invalid_input where nothing would pay for its calls, or for a credential that no header can carry
 */
export function keyModeOf(routing: AgentRouting, credential: OwnCredential | null): KeyMode {
  if (credential === null) {
    if (routing === "gateway") return "virtual";
    throw new DomainError(
      "invalid_input",
      "Calls that do not go through the gateway are paid by the agent itself: give it an API key or a token of its own.",
    );
  }
  if (!VALUE.test(credential.value) || credential.value.includes(VIRTUAL_KEY_PREFIX)) {
    throw new DomainError("invalid_input", "This is no key or token of Anthropic's. Copy it whole, without spaces.");
  }
  return "passthrough";
}

/** The variable by which Claude Code takes it. */
export function credentialVariables(credential: OwnCredential | null): Record<string, string> {
  return credential === null ? {} : { [VARIABLES[credential.kind]]: credential.value };
}
