import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Platform } from "#platform.ts";
import type { Access } from "#portal/api/access.ts";

/** What is asked for: by whom (null: nobody is signed in) and, where it is about one, for which agent. */
export type AccessRequest = { platform: Platform; actor: Actor | null; agentName?: string | null };

/** Who may go on, and the agent that was asked for. */
export type Admitted = { actor: Actor | null; agent: AgentRecord | null };

/**
 * The one decision on who may do what: procedures, routes and pages all ask here, with their row of the
 * access table. No row means no. An agent that the actor may not see is not found, whatever else is wanted.
 * @throws DomainError not_signed_in, not_found, not_allowed
 */
export async function authorize(access: Access | undefined, request: AccessRequest): Promise<Admitted> {
  const { platform, actor, agentName = null } = request;
  if (access === undefined) throw new DomainError("not_allowed", "This is not open to anybody.");
  if (access === "public") return { actor, agent: null };
  if (actor === null) throw new DomainError("not_signed_in", "Sign in first.");

  const agent = agentName === null ? null : await platform.agents.find(actor, agentName);
  if (access === "agent-visible" && agent === null) throw new DomainError("not_found", "Name the agent.");
  if (access === "admin" && actor.role !== "admin") {
    throw new DomainError("not_allowed", "Only admins can do this. Ask one of them.");
  }
  return { actor, agent };
}
