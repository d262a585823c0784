import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import { LOG_CONTENT_SETTING, LOG_CONTENTS, type LogContent } from "#domain/helicone-log.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";

/** An agent's choice; null: it follows the fleet's. */
export type AgentLogContent = { agentName: string; content: LogContent | null };

type AgentReference = { id: number; name: string };

export type LogSettingsStore = ReturnType<typeof createLogSettingsStore>;

/** How much Helicone is told of whose calls. Every change is written to the audit log in its own transaction. */
export function createLogSettingsStore(prisma: PrismaClient) {
  return {
    /** The fleet's choice; null: nobody has made one. */
    fleet: (): Promise<LogContent | null> => readFleet(prisma),

    /** The choice of every agent there is, by name. */
    async agents(): Promise<AgentLogContent[]> {
      const rows = await prisma.agent.findMany({
        where: { removedAt: null },
        select: { agentName: true, heliconeLogContent: true },
        orderBy: { agentName: "asc" },
      });
      return rows.map((row) => ({ agentName: row.agentName, content: asContent(row.heliconeLogContent) }));
    },

    /** `everyAgent`: agents with a choice of their own follow the fleet's from now on. */
    setFleet: (actor: Actor, content: LogContent, everyAgent: boolean): Promise<void> =>
      prisma.$transaction(async (transaction) => {
        const before = await readFleet(transaction);
        await transaction.setting.upsert({
          where: { key: LOG_CONTENT_SETTING },
          create: { key: LOG_CONTENT_SETTING, value: content },
          update: { value: content, updatedAt: new Date() },
        });
        const { count } = everyAgent
          ? await transaction.agent.updateMany({
              where: { heliconeLogContent: { not: null } },
              data: { heliconeLogContent: null },
            })
          : { count: 0 };
        await recordChange(transaction, actor, {
          action: "helicone.log_content",
          subject: "fleet",
          before: { content: before },
          after: { content, ...(everyAgent ? { agentsThatFollowNow: count } : {}) },
        });
      }),

    /** Null: the agent follows the fleet's choice. @returns false when the agent has been removed */
    setAgent: (actor: Actor, agent: AgentReference, content: LogContent | null): Promise<boolean> =>
      prisma.$transaction(async (transaction) => {
        const [before] = await transaction.$queryRaw<{ content: string | null }[]>`
          SELECT helicone_log_content AS content FROM agent_ownership
          WHERE id = ${agent.id} AND removed_at IS NULL FOR UPDATE`;
        if (before === undefined) return false;
        await transaction.agent.update({ where: { id: agent.id }, data: { heliconeLogContent: content } });
        await recordChange(transaction, actor, {
          action: "helicone.log_content",
          subject: `agent:${agent.name}`,
          before: { content: before.content },
          after: { content },
        });
        return true;
      }),
  };
}

async function readFleet(prisma: Pick<Prisma.TransactionClient, "setting">): Promise<LogContent | null> {
  return asContent((await prisma.setting.findUnique({ where: { key: LOG_CONTENT_SETTING } }))?.value);
}

function asContent(value: unknown): LogContent | null {
  return LOG_CONTENTS.find((content) => content === value) ?? null;
}
