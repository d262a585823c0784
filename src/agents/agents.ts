import { randomBytes } from "node:crypto";
import type { KeyMode } from "#agents/agent-environment.ts";
import type { AgentPlace, AgentProfile, AgentRecord, AgentStore, FoundAgent } from "#agents/agent-store.ts";
import { createVirtualKey } from "#agents/agent-token.ts";
import { type Actor, type AgentRouting, agentNameProblem, isStoredAgentName, maySeeAgent } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

export type { AgentPlace, AgentProfile, AgentRecord } from "#agents/agent-store.ts";

/** `runtime`: who runs it; somebody else unless said. */
export type NewAgent = {
  name: string;
  ownerId?: string | null;
  type?: string | null;
  runtime?: AgentPlace;
  /** Default: by the gateway, with the agent's key alone. */
  routing?: AgentRouting;
  keyMode?: KeyMode;
};

const TYPE_LENGTH_MAX = 60;
const SHA256_BYTES = 32;

export type Agents = ReturnType<typeof createAgents>;

/** The agents that people gave a name and a key. */
export function createAgents(store: AgentStore) {
  return {
    /** Every agent the actor may see, by name. */
    async list(actor: Actor): Promise<AgentRecord[]> {
      return (await store.list()).filter((agent) => maySeeAgent(actor, agent));
    },

    /**
     * At most `limit` agents that the actor may see and whose name has the text in it: those first that have it nearest
     * to their beginning, then by name. Without a text, the first by name.
     */
    search: (actor: Actor, { text, limit }: { text: string; limit: number }): Promise<FoundAgent[]> =>
      store.search({ text: text.trim(), limit, ownerId: actor.role === "admin" ? null : actor.userId }),

    /**
     * The agent of that name.
     * @throws DomainError not_found when there is none, and equally when the actor may not see it
     */
    async find(actor: Actor, name: string): Promise<AgentRecord> {
      const agent = isStoredAgentName(name) ? await store.byName(name) : null;
      if (agent === null || !maySeeAgent(actor, agent)) throw noSuchAgent(name);
      return agent;
    },

    /** Every agent, whoever asks: for notices that are filtered afterwards. */
    all: (): Promise<AgentRecord[]> => store.list(),

    /** The agents with these ids that still exist, whoever asks: for notices that are filtered afterwards. */
    byIds: (ids: readonly number[]): Promise<AgentRecord[]> => store.byIds(ids),

    /**
     * Creates an agent. The virtual key is returned this once and kept nowhere.
     * @throws DomainError invalid_input for a bad name, type or owner; conflict when the name is taken
     */
    async create(actor: Actor, input: NewAgent): Promise<{ agent: AgentRecord; virtualKey: string }> {
      const problem = agentNameProblem(input.name);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      const profile = await checkedProfile(store, { ownerId: input.ownerId ?? null, type: input.type ?? null });
      const { key, hash, hint } = createVirtualKey();
      const agent = await store.insert(actor, {
        name: input.name,
        ...profile,
        runtime: input.runtime ?? "external",
        routing: input.routing ?? "gateway",
        keyMode: input.keyMode ?? "virtual",
        keyHash: hash,
        keyHint: hint,
      });
      if (agent === null) {
        throw new DomainError("conflict", `There is an agent named "${input.name}" already. Choose another name.`);
      }
      return { agent, virtualKey: key };
    },

    /**
     * Gives the agent a new key; the old one stops working at once.
     * @throws DomainError not_found when the agent has been removed
     */
    async rotateKey(actor: Actor, agent: AgentRecord): Promise<{ virtualKey: string; keyHint: string }> {
      const { key, hash, hint } = createVirtualKey();
      const changed = await store.replaceKey(actor, agent.id, { keyHash: hash, keyHint: hint });
      if (changed === null) throw noSuchAgent(agent.name);
      return { virtualKey: key, keyHint: hint };
    },

    /**
     * Notes where the agent's calls go and what pays for them.
     * @throws DomainError not_found when the agent has been removed
     */
    async setRouting(actor: Actor, agent: AgentRecord, calls: Pick<AgentRecord, "routing" | "keyMode">) {
      const changed = await store.setRouting(actor, agent.id, calls);
      if (changed === null) throw noSuchAgent(agent.name);
      return changed;
    },

    /**
     * Says whether the agent is made to report what it does; null: as the settings say. It is in its environment from the next
     * time on that it is made, or its container routed.
     * @throws DomainError conflict for an agent whose environment is not ours to make; not_found when it has been removed
     */
    async setTelemetry(actor: Actor, agent: AgentRecord, reports: boolean | null): Promise<AgentRecord> {
      if (agent.runtime === "external") {
        throw new DomainError("conflict", "Somebody else runs it: what it reports is set where it runs.");
      }
      const changed = await store.setTelemetry(actor, agent.id, reports);
      if (changed === null) throw noSuchAgent(agent.name);
      return changed;
    },

    /**
     * Changes who owns the agent and its type; null clears either.
     * @throws DomainError invalid_input for a bad type or owner; not_found when the agent has been removed
     */
    async update(actor: Actor, agent: AgentRecord, profile: AgentProfile): Promise<AgentRecord> {
      const checked = await checkedProfile(store, profile, agent.ownerId);
      const saved = await store.saveProfile(actor, agent.id, checked);
      if (saved === null) throw noSuchAgent(agent.name);
      return saved;
    },

    /**
     * Removes the agent: its key is dead, its name is free again, its ledger stays.
     * @throws DomainError not_found when it has been removed already
     */
    async remove(actor: Actor, agent: AgentRecord): Promise<void> {
      const deadKeyHash = Buffer.from(randomBytes(SHA256_BYTES));
      if ((await store.remove(actor, agent.id, deadKeyHash)) === null) throw noSuchAgent(agent.name);
    },
  };
}

/** An owner whose account has been disabled may stay the owner, but nobody can be made one. */
async function checkedProfile(
  store: AgentStore,
  profile: AgentProfile,
  currentOwnerId: string | null = null,
): Promise<AgentProfile> {
  const type = profile.type?.trim() || null;
  if (type !== null && type.length > TYPE_LENGTH_MAX) {
    throw new DomainError("invalid_input", `A type has at most ${TYPE_LENGTH_MAX} characters.`);
  }
  const { ownerId } = profile;
  if (ownerId !== null && ownerId !== currentOwnerId && !(await store.isActivePerson(ownerId))) {
    throw new DomainError("invalid_input", "The chosen owner has no active account here.");
  }
  return { ownerId, type };
}

function noSuchAgent(name: string): DomainError {
  return new DomainError("not_found", `There is no agent named "${name}".`);
}
