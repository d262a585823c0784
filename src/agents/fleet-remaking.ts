import type { AgentRecord } from "#agents/agents.ts";
import { type FleetParts, ours, runtimeIn, unlessMissing } from "#agents/fleet-runtimes.ts";
import { type AgentSecrets, fleetSpec } from "#agents/fleet-spec.ts";
import { keyModeOf, type OwnCredential } from "#agents/own-credential.ts";
import type { AgentRuntime, CreateOptions } from "#agents/runtime.ts";
import type { Actor, AgentRouting } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";

/** Where the calls of an agent of ours are to go, and what it pays with. */
export type CallOrder = { routing: AgentRouting; credential: OwnCredential | null };

type Changed = { agent: AgentRecord; secrets: AgentSecrets };

/** Makes what runs under an agent's record. */
export function provisioning({ settingsOf }: Pick<FleetParts, "settingsOf">) {
  return async (runtime: AgentRuntime, agent: AgentRecord, made: AgentSecrets & CreateOptions): Promise<void> =>
    runtime.create(fleetSpec(runtime, agent, { ...made, settings: await settingsOf(runtime.kind) }), made);
}

/** Changes to what is in an agent's environment: it is made again. */
export function remaking(parts: Pick<FleetParts, "agents" | "runtimes" | "settingsOf">) {
  const { agents, runtimes } = parts;
  const provision = provisioning(parts);
  /** Around its files, because what changes is in its environment. It runs afterwards if it ran before. */
  const makeAgain = async (runtime: AgentRuntime, name: string, change: () => Promise<Changed>) => {
    const { status } = await runtime.inspect(name); // first, so that an engine that is away leaves all as it is
    const { agent, secrets } = await change();
    await unlessMissing(runtime.remove(name, { keepWorkspace: true }));
    await provision(runtime, agent, { ...secrets, workspace: "reuse" });
    if (status === "running" || status === "restarting") await runtime.start(name);
  };

  return {
    /**
     * Gives the agent a new key. One that we run is made again around its files, because the old key is in its
     * environment; its new key is nobody's business. Others' is answered, once.
     */
    async rotateKey(actor: Actor, agent: AgentRecord): Promise<{ virtualKey: string | null; keyHint: string }> {
      const runtime = runtimeIn(runtimes, agent);
      if (runtime === null) return agents.rotateKey(actor, agent);
      if (runtime.kind === "adopted") {
        throw new DomainError(
          "conflict",
          "Its key is in its container. Give the container back and route it again for a new one.",
        );
      }
      if (agent.keyMode === "passthrough") {
        throw new DomainError(
          "conflict",
          "It pays with a credential of its own, which is in its environment only. Set its routing again with that credential: it gets a new key with it.",
        );
      }
      let hint = agent.keyHint;
      await makeAgain(runtime, agent.name, async () => {
        const { virtualKey, keyHint } = await agents.rotateKey(actor, agent);
        hint = keyHint;
        return { agent, secrets: { key: virtualKey, credential: null } };
      });
      return { virtualKey: null, keyHint: hint };
    },

    /**
     * Sends the calls of an agent of ours another way, or has them paid by something else: it is made again around its
     * files, with a new key.
     * @throws DomainError invalid_input where nothing would pay; conflict for an agent that others run; unavailable
     */
    async setRouting(actor: Actor, agent: AgentRecord, { routing, credential }: CallOrder): Promise<void> {
      const runtime = ours(agent, runtimeIn(runtimes, agent));
      if (runtime.kind === "adopted") throw new DomainError("conflict", "Its container is made by others: route that.");
      const keyMode = keyModeOf(routing, credential);
      await makeAgain(runtime, agent.name, async () => {
        const changed = await agents.setRouting(actor, agent, { routing, keyMode });
        const { virtualKey } = await agents.rotateKey(actor, agent);
        return { agent: changed, secrets: { key: virtualKey, credential } };
      });
    },
  };
}
