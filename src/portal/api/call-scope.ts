import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Platform } from "#platform.ts";
import { authorize } from "#portal/api/authorize.ts";

type Asking = { platform: Platform; actor: Actor };

/**
 * The agents whose calls a person looks at: of one agent where it is named, otherwise of all that they may see. Null: of
 * everybody, also of agents that are gone, which is for admins.
 * @throws DomainError not_found for an agent that is not there or not to be seen
 */
export async function callScope(
  { platform, actor }: Asking,
  agentName: string | null = null,
): Promise<number[] | null> {
  if (agentName !== null) {
    const { agent } = await authorize("agent-visible", { platform, actor, agentName });
    if (agent === null) throw new DomainError("not_found", `There is no agent named "${agentName}".`);
    return [agent.id];
  }
  if (actor.role === "admin") return null;
  return (await platform.agents.list(actor)).map(({ id }) => id);
}
