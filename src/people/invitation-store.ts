import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Invitation, PrismaClient } from "#generated/prisma/client.ts";
import { toRole } from "#people/account-store.ts";
import type { PendingInvitation, Role } from "#people/people-store.ts";

export type InvitationKind = "setup" | "invite" | "reset";

/** A one-time link that can still be used. `email` is null where the person chooses it: the set-up link. */
export type UsableInvitation = {
  id: string;
  kind: InvitationKind;
  email: string | null;
  role: Role;
  userId: string | null;
};

type TokenHash = Uint8Array<ArrayBuffer>;
export type NewInvitation = { tokenHash: TokenHash; expiresAt: Date } & (
  | { kind: "invite"; email: string; role: Role }
  | { kind: "reset"; userId: string; role: Role }
);

export type InvitationStore = ReturnType<typeof createInvitationStore>;

/** One-time links. Of the token only its SHA-256 is kept. */
export function createInvitationStore(prisma: PrismaClient) {
  return {
    async pending(now: Date): Promise<PendingInvitation[]> {
      const rows = await prisma.invitation.findMany({
        where: { kind: "invite", usedAt: null, expiresAt: { gt: now } },
        orderBy: { createdAt: "desc" },
      });
      return rows.map(({ id, email, role, expiresAt }) => ({ id, email: email ?? "", role: toRole(role), expiresAt }));
    },

    /** Only the newest link for an e-mail or a person works. */
    async insert(actor: Actor, invitation: NewInvitation): Promise<void> {
      const isInvite = invitation.kind === "invite";
      const forWhom = isInvite ? { email: invitation.email } : { userId: invitation.userId };
      await prisma.$transaction(async (transaction) => {
        await transaction.invitation.deleteMany({ where: { kind: invitation.kind, usedAt: null, ...forWhom } });
        await transaction.invitation.create({ data: { ...invitation, createdBy: actor.userId } });
        await recordChange(transaction, actor, {
          action: isInvite ? "person.invite" : "person.reset_link",
          subject: isInvite ? `email:${invitation.email}` : `user:${invitation.userId}`,
          after: { role: invitation.role, expiresAt: invitation.expiresAt.toISOString() },
        });
      });
    },

    /** @returns false when there is no such invitation, or it has been used */
    async cancel(actor: Actor, id: string): Promise<boolean> {
      return prisma.$transaction(async (transaction) => {
        const before = await transaction.invitation.findFirst({ where: { id, kind: "invite", usedAt: null } });
        if (before === null) return false;
        const { count } = await transaction.invitation.deleteMany({ where: { id, usedAt: null } });
        if (count === 0) return false;
        await recordChange(transaction, actor, {
          action: "person.cancel_invitation",
          subject: `email:${before.email}`,
          before: { role: before.role, expiresAt: before.expiresAt.toISOString() },
        });
        return true;
      });
    },

    async usable(tokenHash: TokenHash, now: Date): Promise<UsableInvitation | null> {
      const row = await prisma.invitation.findFirst({
        where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
        include: { user: { select: { email: true } } },
      });
      return row === null ? null : toUsable(row, row.user?.email ?? null);
    },

    hasPeople: async (): Promise<boolean> => (await prisma.user.count({ take: 1 })) > 0,
  };
}

function toUsable(row: Invitation, userEmail: string | null): UsableInvitation {
  const { id, kind, email, role, userId } = row;
  return { id, kind: toKind(kind), email: email ?? userEmail, role: toRole(role), userId };
}

function toKind(kind: string): InvitationKind {
  if (kind === "setup" || kind === "invite" || kind === "reset") return kind;
  throw new Error(`An invitation is of the unknown kind ${kind}.`);
}
