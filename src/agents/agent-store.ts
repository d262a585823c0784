import { KEY_MODES, type KeyMode } from "#agents/agent-environment.ts";
import { type AuditedChange, recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { AGENT_ROUTINGS, type AgentRouting } from "#domain/agent.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** Who runs an agent: somebody else, we as a process or a container, or others in a container that we route. */
export const AGENT_PLACES = ["external", "process", "docker", "adopted"] as const;
export type AgentPlace = (typeof AGENT_PLACES)[number];

/** An agent that has not been removed. Its key is not here: only the key's last characters are readable. */
export type AgentRecord = {
  id: number;
  name: string;
  ownerId: string | null;
  owner: { id: string; name: string } | null;
  type: string | null;
  template: string | null;
  keyHint: string;
  keyRotatedAt: Date;
  createdAt: Date;
  runtime: AgentPlace;
  /** Where its calls go, and what pays for them; of an agent that others run, not known to be followed. */
  routing: AgentRouting;
  keyMode: KeyMode;
  /** Whether it is made to report what it does (OpenTelemetry); null: as the settings say. */
  reportsTelemetry: boolean | null;
};

/** What tells an agent from others whose names are alike. */
export type FoundAgent = { name: string; type: string | null; ownerName: string | null };

/** The parts of an agent that people may change. */
export type AgentProfile = { ownerId: string | null; type: string | null };

type KeyFields = { keyHash: Uint8Array<ArrayBuffer>; keyHint: string };
type CallFields = { routing: AgentRouting; keyMode: KeyMode };
type NewAgent = AgentProfile & KeyFields & CallFields & { name: string; runtime: AgentPlace };

const WITH_OWNER = { owner: { select: { id: true, name: true } } } as const;
const UNIQUE_VIOLATION = "P2002";

export type AgentStore = ReturnType<typeof createAgentStore>;

/** The table of agents. Every change is written to the audit log in its own transaction. */
export function createAgentStore(prisma: PrismaClient) {
  return {
    /** By name. In SQL of its own: a thousand agents are read with nearly every page. */
    async list(): Promise<AgentRecord[]> {
      const rows = await prisma.$queryRaw<ListedRow[]>`
        SELECT agent.id, agent_name AS "agentName", owner_id AS "ownerId", person.name AS "ownerName", type, template,
          key_hint AS "keyHint", key_rotated_at AS "keyRotatedAt", agent.created_at AS "createdAt", runtime, routing,
          key_mode AS "keyMode", reports_telemetry AS "reportsTelemetry"
        FROM agent_ownership AS agent LEFT JOIN users AS person ON person.id = owner_id
        WHERE removed_at IS NULL ORDER BY agent_name`;
      return rows.map(({ ownerName, ...row }) => {
        const { ownerId: id } = row;
        return toRecord({ ...row, owner: id === null || ownerName === null ? null : { id, name: ownerName } });
      });
    },

    /** `ownerId`: whose agents; null: everybody's. The same order as `bestMatches` of the command palette has. */
    search: ({ text, limit, ownerId }: { text: string; limit: number; ownerId: string | null }) =>
      prisma.$queryRaw<FoundAgent[]>`
        SELECT agent.agent_name AS name, agent.type, owner.name AS "ownerName"
        FROM agent_ownership agent LEFT JOIN users owner ON owner.id = agent.owner_id
        WHERE agent.removed_at IS NULL
          AND (${ownerId}::uuid IS NULL OR agent.owner_id = ${ownerId}::uuid)
          AND (${text} = '' OR strpos(agent.agent_name, lower(${text})) > 0)
        ORDER BY strpos(agent.agent_name, lower(${text})), agent.agent_name
        LIMIT ${limit}`,

    async byName(name: string): Promise<AgentRecord | null> {
      const row = await prisma.agent.findFirst({ where: { agentName: name, removedAt: null }, include: WITH_OWNER });
      return row === null ? null : toRecord(row);
    },

    async byIds(ids: readonly number[]): Promise<AgentRecord[]> {
      const rows = await prisma.agent.findMany({
        where: { id: { in: [...ids] }, removedAt: null },
        include: WITH_OWNER,
      });
      return rows.map(toRecord);
    },

    async isActivePerson(userId: string): Promise<boolean> {
      return (await prisma.user.count({ where: { id: userId, disabledAt: null } })) === 1;
    },

    /** @returns null when an agent of that name exists */
    async insert(actor: Actor, agent: NewAgent): Promise<AgentRecord | null> {
      try {
        return await prisma.$transaction((transaction) => insertAgent(transaction, actor, agent));
      } catch (error) {
        if (isUniqueViolation(error)) return null;
        throw error;
      }
    },

    /** @returns null when the agent has been removed meanwhile */
    saveProfile: (actor: Actor, id: number, profile: AgentProfile): Promise<AgentRecord | null> =>
      changeAgent(prisma, actor, {
        id,
        columns: { ...profile },
        audit: ({ ownerId, type }) => ({ action: "agent.update", before: { ownerId, type }, after: profile }),
      }),

    /** @returns null when the agent has been removed meanwhile */
    replaceKey: (actor: Actor, id: number, key: KeyFields): Promise<AgentRecord | null> =>
      changeAgent(prisma, actor, {
        id,
        columns: { ...key, keyRotatedAt: new Date() },
        audit: ({ keyHint }) => ({
          action: "agent.rotate_key",
          before: { keyHint },
          after: { keyHint: key.keyHint },
        }),
      }),

    ...environmentChanges(prisma),

    /** Notes in the audit log what was done to an agent without a change to its row. */
    note: (actor: Actor, name: string, action: string): Promise<void> =>
      recordChange(prisma, actor, { action, subject: `agent:${name}` }),

    /** @returns null when the agent has been removed meanwhile */
    remove: (actor: Actor, id: number, deadKeyHash: KeyFields["keyHash"]): Promise<AgentRecord | null> =>
      changeAgent(prisma, actor, {
        id,
        columns: { keyHash: deadKeyHash, removedAt: new Date() },
        audit: ({ ownerId, type, keyHint }) => ({ action: "agent.remove", before: { ownerId, type, keyHint } }),
      }),
  };
}

/** What the agent's environment says, once it is made again. */
function environmentChanges(prisma: PrismaClient) {
  return {
    /** @returns null when the agent has been removed meanwhile */
    setRouting: (actor: Actor, id: number, calls: CallFields): Promise<AgentRecord | null> =>
      changeAgent(prisma, actor, {
        id,
        columns: { ...calls },
        audit: ({ routing, keyMode }) => ({ action: "agent.route", before: { routing, keyMode }, after: calls }),
      }),

    /** @returns null when the agent has been removed meanwhile */
    setTelemetry: (actor: Actor, id: number, reportsTelemetry: boolean | null): Promise<AgentRecord | null> =>
      changeAgent(prisma, actor, {
        id,
        columns: { reportsTelemetry },
        audit: (before) => ({
          action: "agent.telemetry",
          before: { reportsTelemetry: before.reportsTelemetry },
          after: { reportsTelemetry },
        }),
      }),
  };
}

type AgentChange = {
  id: number;
  columns: Prisma.AgentUncheckedUpdateInput;
  audit: (before: AgentRecord) => Omit<AuditedChange, "subject">;
};

async function changeAgent(prisma: PrismaClient, actor: Actor, change: AgentChange): Promise<AgentRecord | null> {
  return prisma.$transaction(async (transaction) => {
    const before = await lockAgent(transaction, change.id);
    if (before === null) return null;
    const { id, columns } = change;
    const after = await transaction.agent.update({ where: { id }, data: columns, include: WITH_OWNER });
    await recordChange(transaction, actor, { ...change.audit(before), subject: `agent:${before.name}` });
    return toRecord(after);
  });
}

async function insertAgent(transaction: Prisma.TransactionClient, actor: Actor, agent: NewAgent): Promise<AgentRecord> {
  const { name, ...columns } = agent;
  const row = await transaction.agent.create({ data: { agentName: name, ...columns }, include: WITH_OWNER });
  await recordChange(transaction, actor, {
    action: "agent.create",
    subject: `agent:${name}`,
    after: {
      ownerId: agent.ownerId,
      type: agent.type,
      keyHint: agent.keyHint,
      runtime: agent.runtime,
      routing: agent.routing,
      keyMode: agent.keyMode,
    },
  });
  return toRecord(row);
}

/** Holds the row until the transaction ends, so that "before" in the audit log is what was replaced. */
async function lockAgent(transaction: Prisma.TransactionClient, id: number): Promise<AgentRecord | null> {
  await transaction.$queryRaw`SELECT id FROM agent_ownership WHERE id = ${id} FOR UPDATE`;
  const row = await transaction.agent.findFirst({ where: { id, removedAt: null }, include: WITH_OWNER });
  return row === null ? null : toRecord(row);
}

type AgentRow = Prisma.AgentGetPayload<{ include: typeof WITH_OWNER }>;

/** What a record is made of. */
type RecordRow = Pick<AgentRow, Exclude<keyof AgentRecord, "name"> | "agentName">;
type ListedRow = Omit<RecordRow, "owner"> & { ownerName: string | null };

function toRecord(row: RecordRow): AgentRecord {
  const { id, agentName, ownerId, owner, type, template, keyHint, keyRotatedAt, createdAt, reportsTelemetry } = row;
  const runtime = AGENT_PLACES.find((place) => place === row.runtime) ?? "external";
  const routing = AGENT_ROUTINGS.find((known) => known === row.routing) ?? "gateway";
  const keyMode = KEY_MODES.find((known) => known === row.keyMode) ?? "virtual";
  const record = { id, name: agentName, ownerId, owner, type, template, keyHint, keyRotatedAt, createdAt };
  return { ...record, runtime, routing, keyMode, reportsTelemetry };
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION;
}
