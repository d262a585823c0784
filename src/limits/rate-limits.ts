import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { rateProblem } from "#domain/limit-rules.ts";
import type { RateLimits } from "#domain/rate-window.ts";
import type { AdmissionPeek, PeekAdmission } from "#limits/admission-peek.ts";
import type { RateLimitStore, RateSubject, SavedRates } from "#limits/rate-limit-store.ts";

/** Rates that are in force. `version` 0 and null: nobody has saved any. */
export type RateSettings = RateLimits & {
  followsDefault: boolean;
  version: number;
  updatedAt: Date | null;
  updatedBy: string | null;
};

/** What counts in the last minute at this instant, as the gateway says it. */
export type LiveRate = AdmissionPeek["rate"];

/**
 * The rates of one agent. `live`: null when the gateway cannot be asked, with the reason. `refusedLastHour`: calls that the
 * ledger has as refused for their rate.
 */
export type AgentRates = {
  settings: RateSettings;
  defaults: RateLimits;
  live: LiveRate | null;
  liveProblem: string | null;
  refusedLastHour: number;
};

const HOUR_MS = 60 * 60 * 1000;
const UNLIMITED: RateLimits = { requestsPerMinute: null, tokensPerMinute: null };

type AgentReference = { id: number; name: string };
type Dependencies = { store: RateLimitStore; peek: PeekAdmission; clock: () => Date };

export type RateLimitSettings = ReturnType<typeof createRateLimits>;

/**
 * Requests and tokens per minute. The gateway learns of a change by the table's trigger, when it commits. The caller has made
 * sure that the person may see, or change, the agent.
 */
export function createRateLimits({ store, peek, clock }: Dependencies) {
  const settings = async (agentId: number | null) => {
    const saved = await store.load(agentId);
    const defaults = saved.find((row) => row.agentId === null) ?? null;
    const own = agentId === null ? defaults : (saved.find((row) => row.agentId === agentId) ?? null);
    return { defaults, own };
  };
  const save = async (
    actor: Actor,
    subject: RateSubject,
    change: RateLimits & { followsDefault: boolean; version: number },
  ) => {
    const { version: seenVersion, ...rates } = change;
    const outcome = await store.save(actor, subject, { ...rates, seenVersion });
    if (outcome === "missing") throw new DomainError("not_found", "This agent has been removed meanwhile.");
    if (outcome === "stale") throw staleRates((await settings(subject.scope === "agent" ? subject.id : null)).own);
  };

  return {
    /** The agent's rates, what counts in its window now, and what was refused in the last hour. */
    async status(agent: AgentReference): Promise<AgentRates> {
      const [{ defaults, own }, live, refused] = await Promise.all([
        settings(agent.id),
        liveRate(peek, agent.id),
        store.refusedSince(agent.id, new Date(clock().getTime() - HOUR_MS)),
      ]);
      return {
        settings: toSettings(own, defaults),
        defaults: ratesOf(defaults),
        ...live,
        refusedLastHour: refused,
      };
    },

    /** The rates of every agent that has none of its own. */
    async defaults(): Promise<RateSettings> {
      const { defaults } = await settings(null);
      return { ...toSettings(defaults, null), ...ratesOf(defaults), followsDefault: false };
    },

    /**
     * Sets an agent's own rates, or the default's; null is "not limited".
     * @throws DomainError invalid_input for what cannot be a rate; conflict when they were changed after the person saw
     * them; not_found when the agent has been removed
     */
    async set(actor: Actor, subject: RateSubject, input: RateLimits & { version: number }): Promise<void> {
      const { requestsPerMinute, tokensPerMinute, version } = input;
      const problem = rateProblem("requests", requestsPerMinute) ?? rateProblem("tokens", tokensPerMinute);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      await save(actor, subject, { requestsPerMinute, tokensPerMinute, version, followsDefault: false });
    },

    /** Takes the agent's own rates away: it follows the default. @throws DomainError as `set` */
    async clear(actor: Actor, agent: AgentReference, version: number): Promise<void> {
      if (version === 0) return;
      await save(
        actor,
        { scope: "agent", id: agent.id, name: agent.name },
        { ...UNLIMITED, version, followsDefault: true },
      );
    },
  };
}

async function liveRate(peek: PeekAdmission, agentId: number): Promise<Pick<AgentRates, "live" | "liveProblem">> {
  try {
    return { live: (await peek(agentId)).rate, liveProblem: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { live: null, liveProblem: error.message };
  }
}

function toSettings(own: SavedRates | null, defaults: SavedRates | null): RateSettings {
  const followsDefault = own === null || own.followsDefault;
  const { version = 0, updatedAt = null, updatedBy = null } = own ?? {};
  return { ...ratesOf(followsDefault ? defaults : own), followsDefault, version, updatedAt, updatedBy };
}

function ratesOf(saved: SavedRates | null): RateLimits {
  if (saved === null) return UNLIMITED;
  return { requestsPerMinute: saved.requestsPerMinute, tokensPerMinute: saved.tokensPerMinute };
}

function staleRates(saved: SavedRates | null): DomainError {
  if (saved === null) return new DomainError("conflict", "These rates are not saved any more. Look again, then save.");
  const when = `${saved.updatedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return new DomainError("conflict", `${saved.updatedBy} saved other rates at ${when}. Look at them, then save again.`);
}
