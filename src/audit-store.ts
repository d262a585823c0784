import type { Prisma } from "#generated/prisma/client.ts";

/** One change: what was done to what, and how it looked before and after. Never holds a secret or a hash. */
export type AuditedChange = {
  action: string;
  subject: string;
  before?: Prisma.InputJsonObject | null;
  after?: Prisma.InputJsonObject | null;
};

/** Writes the change to the audit log, in the transaction that makes it: both happen or neither. */
export async function recordChange(
  transaction: Prisma.TransactionClient,
  actor: { userId: string | null; name: string },
  change: AuditedChange,
): Promise<void> {
  await recordChanges(transaction, actor, [change]);
}

/** As `recordChange`, for several changes at once. */
export async function recordChanges(
  transaction: Prisma.TransactionClient,
  actor: { userId: string | null; name: string },
  changes: readonly AuditedChange[],
): Promise<void> {
  await transaction.auditEntry.createMany({
    data: changes.map(({ action, subject, before, after }) => ({
      actorUserId: actor.userId,
      actorName: actor.name,
      action,
      subject,
      before: before ?? undefined,
      after: after ?? undefined,
    })),
  });
}
