import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { Invitation, Prisma, PrismaClient } from "#generated/prisma/client.ts";
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

export type NewPerson = { name: string; email: string; role: Role; passwordHash: string };
export type AcceptOutcome = "accepted" | "used" | "already_set_up" | "email_taken" | "disabled";

/** Held while the first admin is made, so that two set-up links cannot both make one. */
const SETUP_LOCK = 7_302_001;

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

    /** Uses a set-up link or an invitation up and makes the account, or does neither. */
    async acceptNewPerson(tokenHash: TokenHash, person: NewPerson): Promise<AcceptOutcome> {
      return inTransaction(prisma, async (transaction) => {
        const used = await useUp(transaction, tokenHash);
        if (used === null) return abandon("used");
        if (used.kind === "setup") {
          await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`;
          if ((await transaction.user.count({ take: 1 })) > 0) return abandon("already_set_up");
        }
        if ((await transaction.user.count({ where: { email: person.email } })) > 0) return abandon("email_taken");
        const { id } = await transaction.user.create({ data: person });
        await recordChange(
          transaction,
          { userId: id, name: person.name },
          {
            action: used.kind === "setup" ? "person.set_up" : "person.accept_invitation",
            subject: `user:${id}`,
            after: { email: person.email, name: person.name, role: person.role },
          },
        );
        return "accepted";
      });
    },

    /** Uses a reset link up, replaces the password and ends the person's sessions, or does nothing. */
    async acceptReset(tokenHash: TokenHash, passwordHash: string): Promise<AcceptOutcome> {
      return inTransaction(prisma, async (transaction) => {
        const used = await useUp(transaction, tokenHash);
        if (used?.user_id == null) return abandon("used");
        const user = await transaction.user.update({
          where: { id: used.user_id },
          data: { passwordHash, sessionVersion: { increment: 1 } },
        });
        if (user.disabledAt !== null) return abandon("disabled");
        await recordChange(
          transaction,
          { userId: user.id, name: user.name },
          {
            action: "person.reset_password",
            subject: `user:${user.id}`,
          },
        );
        return "accepted";
      });
    },
  };
}

/** Of two that race for one link, exactly one gets the row. */
async function useUp(transaction: Prisma.TransactionClient, tokenHash: TokenHash) {
  const rows = await transaction.$queryRaw<{ kind: string; user_id: string | null }[]>`
    UPDATE invitations SET used_at = now()
    WHERE token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > now()
    RETURNING kind, user_id`;
  return rows[0] ?? null;
}

/** Thrown to roll back: the outcome is the answer, and nothing of it happened. */
class Abandoned extends Error {
  readonly outcome: AcceptOutcome;
  constructor(outcome: AcceptOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

function abandon(outcome: AcceptOutcome): never {
  throw new Abandoned(outcome);
}

async function inTransaction(
  prisma: PrismaClient,
  accept: (transaction: Prisma.TransactionClient) => Promise<AcceptOutcome>,
): Promise<AcceptOutcome> {
  try {
    return await prisma.$transaction(accept);
  } catch (error) {
    if (error instanceof Abandoned) return error.outcome;
    throw error;
  }
}

function toUsable(row: Invitation, userEmail: string | null): UsableInvitation {
  const { id, kind, email, role, userId } = row;
  return { id, kind: toKind(kind), email: email ?? userEmail, role: toRole(role), userId };
}

function toKind(kind: string): InvitationKind {
  if (kind === "setup" || kind === "invite" || kind === "reset") return kind;
  throw new Error(`An invitation is of the unknown kind ${kind}.`);
}
