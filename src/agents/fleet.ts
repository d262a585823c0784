import type { AgentRecord } from "#agents/agent-store.ts";
import type { NewAgent } from "#agents/agents.ts";
import { provisioning, remaking } from "#agents/fleet-remaking.ts";
import {
  type FleetParts,
  ours,
  type RuntimeKind,
  runElsewhere,
  runtimeIn,
  unlessMissing,
} from "#agents/fleet-runtimes.ts";
import { keyModeOf, type OwnCredential } from "#agents/own-credential.ts";
import type { AgentEndpoint, AgentRuntime, AgentState, AgentUsage, LogOptions } from "#agents/runtime.ts";
import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Log } from "#log.ts";

/** A place where agents can be run, or why they cannot at the moment. */
export type RuntimePlace = { kind: Exclude<RuntimeKind, "adopted">; isContained: boolean; problem: string | null };

/** What a person says of an agent that is to be made. `credential`: what it pays with, if not the gateway. */
export type AgentOrder = Omit<NewAgent, "keyMode"> & { credential?: OwnCredential | null };
export type Fleet = ReturnType<typeof createFleet>;

/**
 * The agents that we run ourselves: their records and what runs under their names, kept in step. Agents that others
 * run have no state here. The caller has made sure that the person may see, or change, the agent.
 */
export function createFleet(parts: FleetParts) {
  const { agents, store, runtimes, log } = parts;
  const runtimeOf = (agent: AgentRecord) => runtimeIn(runtimes, agent);
  const provision = provisioning(parts);

  return {
    ...opening(runtimes, log),

    /**
     * Makes an agent and starts it. One that does not start is kept, stopped, and `problem` says why; one that cannot
     * be made leaves nothing behind. An agent that others run is only noted, and its key is answered, once.
     * @throws DomainError invalid_input, conflict, unavailable
     */
    async create(actor: Actor, { credential = null, ...input }: AgentOrder): Promise<CreatedAgent> {
      const kind = input.runtime ?? "external";
      const { routing = "gateway" } = input;
      const runtime = runtimes.find((candidate) => candidate.kind === kind);
      if (runtime === undefined) {
        if (kind !== "external") throw new DomainError("unavailable", "Agents cannot be run in this place here.");
        if (routing !== "gateway" || credential !== null) throw runElsewhere(input.name);
        return { ...(await agents.create(actor, input)), problem: null };
      }
      const order = { ...input, routing, keyMode: keyModeOf(routing, credential) };
      const { agent, virtualKey } = await agents.create(actor, order);
      try {
        await provision(runtime, agent, { key: virtualKey, credential, workspace: "fresh" });
      } catch (error) {
        await agents.remove(actor, agent);
        throw error;
      }
      return { agent, virtualKey: null, problem: await problemOf(() => runtime.start(agent.name)) };
    },

    /** @throws DomainError conflict for an agent that others run; unavailable when it does not start */
    start: (actor: Actor, agent: AgentRecord) => act(actor, agent, "start"),

    /** @throws DomainError conflict for an agent that others run; unavailable */
    stop: (actor: Actor, agent: AgentRecord) => act(actor, agent, "stop"),

    /** @throws DomainError conflict for an agent that others run; unavailable when it does not start */
    restart: (actor: Actor, agent: AgentRecord) => act(actor, agent, "restart"),

    /**
     * Ends the agent with its files, and removes it.
     * @throws DomainError unavailable when what runs cannot be ended: then nothing is removed
     */
    async remove(actor: Actor, agent: AgentRecord): Promise<void> {
      const runtime = runtimeOf(agent);
      if (runtime !== null) await unlessMissing(runtime.remove(agent.name, { keepWorkspace: false }));
      await agents.remove(actor, agent);
    },

    ...remaking(parts),
    ...observation(runtimes),
  };

  async function act(actor: Actor, agent: AgentRecord, deed: "start" | "stop" | "restart"): Promise<void> {
    await ours(agent, runtimeOf(agent))[deed](agent.name);
    await store.note(actor, agent.name, `agent.${deed}`);
  }
}

function opening(runtimes: readonly AgentRuntime[], log: Log) {
  const problems = new Map<RuntimeKind, string>();
  const open = async (runtime: AgentRuntime) => {
    try {
      await runtime.open();
      problems.delete(runtime.kind);
    } catch (error) {
      const reason = reasonOf(error);
      // Tried again with every page that asks for it: said once, and again when the reason is another.
      if (problems.get(runtime.kind) !== reason)
        log.warn({ reason, runtime: runtime.kind }, "Agents cannot be run there");
      problems.set(runtime.kind, reason);
    }
  };

  return {
    /** Takes up the work of every runtime that can; what cannot is said by `places`. */
    async open(): Promise<void> {
      await Promise.all(runtimes.map(open));
    },

    /** Lets go of every runtime. */
    async close(): Promise<void> {
      await Promise.all(runtimes.map((runtime) => runtime.close()));
    },

    /** Where a new agent can be run, as it is now: an engine may have died or come back meanwhile. */
    async places(): Promise<RuntimePlace[]> {
      await Promise.all(runtimes.map(open));
      return runtimes.flatMap(({ kind, isContained }) =>
        kind === "adopted" ? [] : [{ kind, isContained, problem: problems.get(kind) ?? null }],
      );
    },
  };
}

/** What can be seen of agents that we run. */
function observation(runtimes: readonly AgentRuntime[]) {
  const runtimeOf = (agent: AgentRecord) => runtimeIn(runtimes, agent);
  return {
    /** How the agent is now; null for one that others run. */
    async state(agent: AgentRecord): Promise<FleetState | null> {
      const runtime = runtimeOf(agent);
      if (runtime === null) return null;
      try {
        return { ...(await runtime.inspect(agent.name)), isContained: runtime.isContained };
      } catch (error) {
        return { ...unknownState(agent.name, reasonOf(error)), isContained: runtime.isContained };
      }
    },

    /** What the agent consumes now; null for one that does not run, or that others run. */
    usage: async (agent: AgentRecord): Promise<AgentUsage | null> =>
      (await runtimeOf(agent)?.usage(agent.name)) ?? null,

    /** @throws DomainError conflict for an agent that others run */
    logs: (agent: AgentRecord, options: LogOptions): AsyncIterable<string> =>
      ours(agent, runtimeOf(agent)).logs(agent.name, options),

    /** @throws DomainError conflict for an agent that others run; unavailable unless it is running */
    endpoint: (agent: AgentRecord): Promise<AgentEndpoint> => ours(agent, runtimeOf(agent)).endpoint(agent.name),

    /** Calls with the name of every agent whose state has changed. Returns how to stop. */
    watch(onChange: (agentName: string) => void): () => void {
      const stops = runtimes.map((runtime) => runtime.watch(({ name }) => onChange(name)));
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** `virtualKey` is null where the agent has it already; `problem` says why it does not run. */
export type CreatedAgent = { agent: AgentRecord; virtualKey: string | null; problem: string | null };

/** The state as the runtime tells it; `unknown` while it cannot be asked. */
export type FleetState = Omit<AgentState, "status"> & {
  status: AgentState["status"] | "unknown";
  isContained: boolean;
};

function unknownState(name: string, problem: string): Omit<FleetState, "isContained"> {
  return {
    name,
    status: "unknown",
    health: "unknown",
    problem,
    startedAt: null,
    incarnation: null,
    labels: null,
    limits: null,
    hasWorkspace: false,
  };
}

async function problemOf(deed: () => Promise<void>): Promise<string | null> {
  try {
    await deed();
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Runtimes say what is wrong in words for people; anything else is a fault, whose words are not. */
function reasonOf(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  throw error;
}
