import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";
import { type Account, toAccount, toRole } from "#people/account-store.ts";

export type Role = Actor["role"];

export type Person = {
  id: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
  lastSignInAt: Date | null;
  isDisabled: boolean;
  agentCount: number;
};

export type PendingInvitation = { id: string; email: string; role: Role; expiresAt: Date };

/** What an admin may change about another person. Either change ends that person's sessions. */
export type PersonChange = { role: Role } | { isDisabled: boolean };
export type ChangeOutcome = "changed" | "not_found" | "actor_lost_rights";

export type PeopleStore = ReturnType<typeof createPeopleStore>;

/** The people who may sign in. Every change is written to the audit log in its own transaction. */
export function createPeopleStore(prisma: PrismaClient) {
  return {
    async list(): Promise<Person[]> {
      const rows = await prisma.user.findMany({
        include: { _count: { select: { agents: { where: { removedAt: null } } } } },
        orderBy: [{ name: "asc" }, { email: "asc" }],
      });
      return rows.map(({ id, name, email, role, createdAt, lastSignInAt, disabledAt, _count }) => ({
        ...{ id, name, email, role: toRole(role), createdAt, lastSignInAt },
        isDisabled: disabledAt !== null,
        agentCount: _count.agents,
      }));
    },

    async byId(id: string): Promise<Account | null> {
      const row = await prisma.user.findUnique({ where: { id } });
      return row === null ? null : toAccount(row);
    },

    async isEmailTaken(email: string): Promise<boolean> {
      return (await prisma.user.count({ where: { email } })) > 0;
    },

    /** Two admins who change each other at once are taken one after the other, so that one of them remains. */
    async change(actor: Actor, userId: string, change: PersonChange): Promise<ChangeOutcome> {
      return prisma.$transaction(async (transaction) => {
        const admins = await transaction.$queryRaw<{ id: string }[]>`
          SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR UPDATE`;
        if (!admins.some((admin) => admin.id === actor.userId)) return "actor_lost_rights";
        const before = await transaction.user.findUnique({ where: { id: userId } });
        if (before === null) return "not_found";
        await transaction.user.update({ where: { id: userId }, data: toColumns(change) });
        await recordChange(transaction, actor, {
          action: "role" in change ? "person.set_role" : "person.set_disabled",
          subject: `user:${userId}`,
          before: { email: before.email, role: before.role, isDisabled: before.disabledAt !== null },
          after: change,
        });
        return "changed";
      });
    },
  };
}

function toColumns(change: PersonChange): Prisma.UserUpdateInput {
  const endSessions = { sessionVersion: { increment: 1 } };
  if ("role" in change) return { role: change.role, ...endSessions };
  return { disabledAt: change.isDisabled ? new Date() : null, ...endSessions };
}
