import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { reasonProblem } from "#domain/limit-rules.ts";
import type { MemberStore, Pause } from "#limits/member-store.ts";

type AgentReference = { id: number; name: string };

export type Pauses = ReturnType<typeof createPauses>;

/** Stopping agents by hand: a paused agent's calls are refused until somebody resumes it. For admins. */
export function createPauses(store: MemberStore, clock: () => Date) {
  return {
    /** The pause of each agent; an agent that is not paused is not in the map. One query. */
    of: (agentIds: readonly number[]): Promise<Map<number, Pause>> => store.pausesOf(agentIds),

    /** @throws DomainError invalid_input without a reason; conflict when the agent is paused already */
    async pause(actor: Actor, agent: AgentReference, reason: string): Promise<void> {
      const problem = reasonProblem(reason, "the pause");
      if (problem !== null) throw new DomainError("invalid_input", problem);
      if (await store.pause(actor, agent, { reason: reason.trim(), at: clock() })) return;
      const [member] = await store.byIds([agent.id]);
      const who = member?.pause?.by;
      throw new DomainError(
        "conflict",
        who === undefined ? `${agent.name} has been removed.` : `${who} has paused it already.`,
      );
    },

    /** @throws DomainError conflict when the agent is not paused */
    async resume(actor: Actor, agent: AgentReference): Promise<void> {
      if (!(await store.resume(actor, agent)))
        throw new DomainError("conflict", `${agent.name} is not paused any more.`);
    },
  };
}
