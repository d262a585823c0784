import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Platform } from "#platform.ts";

type Asking = { platform: Platform; actor: Actor };

/**
 * The agents that a list names, each with what else the list says of it. Two queries at most.
 * @throws DomainError not_found for one that is not there or not to be seen; invalid_input for one that is named twice
 */
export async function chosenAgents<T extends { agentName: string }>(
  { platform, actor }: Asking,
  chosen: readonly T[],
): Promise<(T & { agent: AgentRecord })[]> {
  if (new Set(chosen.map(({ agentName }) => agentName)).size < chosen.length) {
    throw new DomainError("invalid_input", "An agent is named twice.");
  }
  const byName = new Map((await platform.agents.list(actor)).map((agent) => [agent.name, agent]));
  return chosen.map((choice) => {
    const agent = byName.get(choice.agentName);
    if (agent === undefined) throw new DomainError("not_found", `There is no agent named "${choice.agentName}".`);
    return { ...choice, agent };
  });
}
