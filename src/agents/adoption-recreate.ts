import { randomUUID } from "node:crypto";
import { backupName, generationOf } from "#agents/adoption-candidate.ts";
import { hashEnvironment } from "#agents/adoption-environment.ts";
import type { EnvironmentPlan } from "#agents/adoption-plan.ts";
import type { AdoptedAgent, Adopter, AdoptionStore, PendingRecreate } from "#agents/adoption-store.ts";
import type { DockerEngine, InspectedContainer } from "#agents/docker-engine.ts";
import { injectTrinity } from "#agents/docker-probe.ts";
import { type RecreateTimes, recreateContainer, settleRecreate } from "#agents/docker-recreate.ts";
import { isRunning, nameOf } from "#agents/docker-recreate-options.ts";
import type { AgentRouting, RoutingWay } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { Log } from "#log.ts";

export type RecreationParts = {
  engine: DockerEngine;
  store: AdoptionStore;
  clock: () => Date;
  log: Log;
  times: RecreateTimes;
};

export type Recreation = {
  agent: AdoptedAgent;
  container: InspectedContainer;
  plan: EnvironmentPlan;
  routing: AgentRouting;
  way: RoutingWay;
};

/**
 * Makes a container again with another environment, written down first, so that `settlePending` can finish or undo it
 * whatever happens meanwhile.
 * @throws DomainError unavailable when the new container does not work: then all is as before; conflict when somebody
 *   else made the container again at the same time: then theirs stays
 */
export async function recreateAgent(parts: RecreationParts, adopter: Adopter, recreation: Recreation): Promise<void> {
  const { engine, store, clock, times } = parts;
  const { container: old, plan } = recreation;
  const pending = toPending(recreation, clock());
  if (!(await store.begin(adopter, pending))) {
    throw new DomainError(
      "conflict",
      `${pending.agentName} is being made again at this moment. Try again in some minutes.`,
    );
  }
  try {
    const outcome = await recreateContainer(engine, { recreate: pending, old, own: plan.own, times }, () =>
      store.verified(pending.id),
    );
    if (outcome === "taken") {
      throw new DomainError(
        "conflict",
        "Somebody else made the container again at the same time. Look at it and try again.",
      );
    }
  } catch (error) {
    const end = await settleOne(parts, { ...pending, isVerified: await isVerified(store, pending.id) });
    throw end === "undone" ? asBefore(error) : error;
  }
  await store.finish(pending, clock());
  await tellAgain(parts, pending);
}

/** The failure, told with what became of the agent. A fault stays one. */
export function asBefore(error: unknown): unknown {
  return error instanceof DomainError
    ? new DomainError(error.code, `${error.message} All is as it was before.`)
    : error;
}

/** The server in the new container is a new one: what Trinity told the old one is told to it. Without, it works as well. */
async function tellAgain({ engine, log }: RecreationParts, { agentName, containerName, wasRunning }: PendingRecreate) {
  const container = wasRunning ? await engine.inspect(containerName) : null;
  if (container === null || generationOf(container) === 3) return;
  const isTold = await injectTrinity(engine, container.Id).catch(() => false);
  if (!isTold) log.info({ agent: agentName }, "The agent was made again and did not take Trinity's instructions");
}

/** Finishes or undoes one that was cut short. What cannot be settled now stays written down. */
export async function settlePending(parts: RecreationParts, pending: PendingRecreate): Promise<void> {
  const outcome = await settleOne(parts, pending);
  parts.log.warn({ agent: pending.agentName, outcome }, "A recreate that was cut short was settled");
}

async function settleOne(
  { engine, store, clock, ...rest }: RecreationParts,
  pending: PendingRecreate,
): Promise<string> {
  const outcome = await settleRecreate(engine, pending);
  // A container that somebody else made is neither: whether it is routed is seen by its environment.
  if (outcome === "undone" || outcome === "gone") await store.abandon(pending.id);
  else {
    await store.finish(pending, clock());
    await tellAgain({ engine, store, clock, ...rest }, pending);
  }
  return outcome;
}

async function isVerified(store: AdoptionStore, id: string): Promise<boolean> {
  return (await store.pending()).some((pending) => pending.id === id && pending.isVerified);
}

function toPending({ agent, container, plan, routing, way }: Recreation, now: Date): PendingRecreate {
  const containerName = nameOf(container);
  return {
    id: randomUUID(),
    agentId: agent.id,
    agentName: agent.name,
    containerName,
    backupName: backupName(containerName, now),
    oldContainerId: container.Id,
    wasRunning: isRunning(container),
    environmentHash: hashEnvironment(plan.whole),
    isVerified: false,
    routing,
    way,
    routed: plan.routed,
    startedAt: now,
  };
}
