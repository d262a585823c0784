import { parseRoutedVariables, type RoutedVariable } from "#agents/adoption-environment.ts";
import { createVirtualKey, type VirtualKey } from "#agents/agent-token.ts";
import type { Recreate } from "#agents/docker-recreate.ts";
import { recordChange } from "#audit-store.ts";
import { AGENT_ROUTINGS, type AgentRouting, ROUTING_WAYS, type RoutingWay } from "#domain/agent.ts";
import { Prisma, type PrismaClient } from "#generated/prisma/client.ts";

/** Who does it: a person, or for `npm run unroute` nobody with an account. */
export type Adopter = { userId: string | null; name: string };

/** An agent in a container made by others. `routed` says what of the container's environment is ours. */
export type AdoptedAgent = {
  id: number;
  name: string;
  containerName: string;
  ownerId: string | null;
  type: string | null;
  template: string | null;
  /** Whether it is made to report; null: as the settings say. */
  reportsTelemetry: boolean | null;
  keyHash: Buffer;
  routing: AgentRouting;
  way: RoutingWay;
  /** Null: the container carries nothing of ours. */
  routedAt: Date | null;
  routed: RoutedVariable[];
};

export type NewAdoption = Pick<AdoptedAgent, "name" | "containerName" | "ownerId" | "type" | "template">;

/** A recreate under way, with what is to be true of the agent once it is done. `routed` null: given back. */
export type PendingRecreate = Recreate & {
  id: string;
  agentId: number;
  agentName: string;
  routing: AgentRouting;
  way: RoutingWay;
  routed: RoutedVariable[] | null;
  startedAt: Date;
};

const UNIQUE_VIOLATION = "P2002";

export type AdoptionStore = ReturnType<typeof createAdoptionStore>;

/** Adopted agents, and the journal of recreates. Changes that people asked for are in the audit log, without values. */
export function createAdoptionStore(prisma: PrismaClient) {
  return {
    async adopted(): Promise<AdoptedAgent[]> {
      return (await prisma.agent.findMany({ where: { runtime: "adopted", removedAt: null } })).map(toAdopted);
    },

    async byName(name: string): Promise<AdoptedAgent | null> {
      const row = await prisma.agent.findFirst({ where: { agentName: name, runtime: "adopted", removedAt: null } });
      return row === null ? null : toAdopted(row);
    },

    /** @returns null when an agent of that name exists already */
    async insert(adopter: Adopter, agent: NewAdoption, key: VirtualKey): Promise<AdoptedAgent | null> {
      const { name, ...fields } = agent;
      return unlessTaken(
        prisma.$transaction(async (transaction) => {
          const row = await transaction.agent.create({
            data: {
              agentName: name,
              ...fields,
              runtime: "adopted",
              keyMode: "passthrough",
              keyHash: key.hash,
              keyHint: key.hint,
            },
          });
          const after = { container: agent.containerName, ownerId: agent.ownerId, keyHint: key.hint };
          await recordChange(transaction, adopter, { action: "agent.adopt", subject: `agent:${name}`, after });
          return toAdopted(row);
        }),
        null,
      );
    },

    /** For an agent whose container has lost its key, so that the one in force is nowhere any more. */
    async replaceKey(agentId: number, key: VirtualKey): Promise<void> {
      const columns = { keyHash: key.hash, keyHint: key.hint, keyRotatedAt: new Date() };
      await prisma.agent.update({ where: { id: agentId }, data: columns });
    },

    /** Takes back an adoption of a moment ago: the name is free again, the key is dead. Calls it made stay recorded. */
    async forget(agentId: number): Promise<void> {
      const columns = { removedAt: new Date(), keyHash: createVirtualKey().hash };
      await prisma.agent.update({ where: { id: agentId }, data: columns });
    },

    ...journalOf(prisma),
  };
}

function journalOf(prisma: PrismaClient) {
  return {
    /** Written down before the first step. @returns false when one of this agent is under way already */
    async begin(adopter: Adopter, pending: PendingRecreate): Promise<boolean> {
      const { agentName, isVerified: _not, routed, way, ...row } = pending;
      return unlessTaken(
        prisma.$transaction(async (transaction) => {
          await transaction.containerRecreate.create({
            data: { ...row, routingWay: way, routedVariables: toJson(routed) },
          });
          await recordChange(transaction, adopter, changeOf(pending));
          return true;
        }),
        false,
      );
    },

    async verified(id: string): Promise<void> {
      await prisma.containerRecreate.update({ where: { id }, data: { verifiedAt: new Date() } });
    },

    /** The new container is in place: what it carries is the agent's now. */
    async finish({ id, agentId, ...now }: PendingRecreate, routedAt: Date): Promise<void> {
      const columns = routedColumns(now, routedAt);
      await prisma.$transaction([
        prisma.agent.update({ where: { id: agentId }, data: columns }),
        prisma.containerRecreate.deleteMany({ where: { id } }),
      ]);
    },

    /** Notes that the agent is routed, or no more, without its container being made again. */
    async note(adopter: Adopter, routed: Routed & { agentId: number; agentName: string }, at: Date): Promise<void> {
      await prisma.$transaction(async (transaction) => {
        await transaction.agent.update({ where: { id: routed.agentId }, data: routedColumns(routed, at) });
        await recordChange(transaction, adopter, changeOf(routed));
      });
    },

    /** All is as it was before. */
    async abandon(id: string): Promise<void> {
      await prisma.containerRecreate.deleteMany({ where: { id } });
    },

    async pending(): Promise<PendingRecreate[]> {
      const rows = await prisma.containerRecreate.findMany({
        include: { agent: { select: { agentName: true } } },
        orderBy: { startedAt: "asc" },
      });
      return rows.map(({ agent, routedVariables, routing, routingWay, verifiedAt, ...row }) => ({
        ...row,
        agentName: agent.agentName,
        routing: toRouting(routing),
        way: toWay(routingWay),
        routed: routedVariables === null ? null : parseRoutedVariables(routedVariables),
        isVerified: verifiedAt !== null,
      }));
    },
  };
}

async function unlessTaken<T>(change: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION) return otherwise;
    throw error;
  }
}

type AgentRow = Prisma.AgentGetPayload<object>;

function toAdopted(row: AgentRow): AdoptedAgent {
  const { id, agentName: name, ownerId, type, template, keyHash, routing, routedAt } = row;
  return {
    id,
    name,
    containerName: row.containerName ?? `agent-${name}`,
    ownerId,
    type,
    template,
    reportsTelemetry: row.reportsTelemetry,
    keyHash: Buffer.from(keyHash),
    routing: toRouting(routing),
    way: toWay(row.routingWay),
    routedAt,
    routed: parseRoutedVariables(row.routedVariables),
  };
}

/** What is to be true of an agent's routing. `routed` null: nothing of ours is there. */
type Routed = Pick<PendingRecreate, "routing" | "way" | "routed">;

function routedColumns({ routing, way, routed }: Routed, at: Date) {
  return { routing, routingWay: way, routedVariables: toJson(routed), routedAt: routed === null ? null : at };
}

function changeOf({ agentName, routing, way, routed }: Routed & { agentName: string }) {
  const after = { routing, way, variables: (routed ?? []).map(({ name }) => name) };
  return { action: routed === null ? "agent.unroute" : "agent.route", subject: `agent:${agentName}`, after };
}

function toWay(text: string): RoutingWay {
  return ROUTING_WAYS.find((way) => way === text) ?? "container";
}

function toRouting(text: string): AgentRouting {
  return AGENT_ROUTINGS.find((routing) => routing === text) ?? "gateway";
}

function toJson(routed: RoutedVariable[] | null) {
  return routed === null ? Prisma.DbNull : routed;
}
