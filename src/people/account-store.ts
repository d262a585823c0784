import { recordChange } from "#audit-store.ts";
import type { Actor } from "#domain/agent.ts";
import type { PrismaClient, User } from "#generated/prisma/client.ts";

/** A person with an account. The password hash leaves the store only through `credentials`. */
export type Account = {
  id: string;
  email: string;
  name: string;
  role: Actor["role"];
  /** Raised to end every session of this person. */
  sessionVersion: number;
  isDisabled: boolean;
};

export type AccountStore = ReturnType<typeof createAccountStore>;

/** Reads and changes one person's own account. */
export function createAccountStore(prisma: PrismaClient) {
  return {
    async credentials(email: string): Promise<{ account: Account; passwordHash: string } | null> {
      const row = await prisma.user.findUnique({ where: { email } });
      return row === null ? null : { account: toAccount(row), passwordHash: row.passwordHash };
    },

    async byId(id: string): Promise<Account | null> {
      const row = await prisma.user.findUnique({ where: { id } });
      return row === null ? null : toAccount(row);
    },

    async noteSignIn(id: string, at: Date): Promise<void> {
      await prisma.user.update({ where: { id }, data: { lastSignInAt: at } });
    },

    /** Replaces the password and ends the person's sessions. */
    async savePassword(actor: Actor, passwordHash: string): Promise<void> {
      await prisma.$transaction(async (transaction) => {
        await transaction.user.update({
          where: { id: actor.userId },
          data: { passwordHash, sessionVersion: { increment: 1 } },
        });
        await recordChange(transaction, actor, { action: "account.change_password", subject: `user:${actor.userId}` });
      });
    },
  };
}

/** The account in a row of `users`. */
export function toAccount({ id, email, name, role, sessionVersion, disabledAt }: User): Account {
  return { id, email, name, role: toRole(role), sessionVersion, isDisabled: disabledAt !== null };
}

/** The column is text with a CHECK; anything unexpected gets the fewer rights. */
export function toRole(role: string): Actor["role"] {
  return role === "admin" ? "admin" : "owner";
}
