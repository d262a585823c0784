import { recordChange } from "#audit-store.ts";
import type { Prisma, PrismaClient } from "#generated/prisma/client.ts";
import type { Role } from "#people/people-store.ts";

/** What a link is known by, and the instant at which somebody uses it. */
type Token = { hash: Uint8Array<ArrayBuffer>; usedAt: Date };
type UsedInvitation = { kind: string; user_id: string | null };

export type NewPerson = { name: string; email: string; role: Role; passwordHash: string };

/** What became of an attempt to use a link. Anything but `accepted` changed nothing. */
export type AcceptOutcome = "accepted" | "used" | "already_set_up" | "email_taken" | "disabled";

/** Held while the first admin is made, so that two set-up links cannot both make one. */
const SETUP_LOCK = 7_302_001;

export type AcceptanceStore = ReturnType<typeof createAcceptanceStore>;

/** Uses one-time links up: of those who race for one, exactly one succeeds. */
export function createAcceptanceStore(prisma: PrismaClient) {
  return {
    /** Uses a set-up link or an invitation up and makes the account, or does neither. */
    newPerson: (token: Token, person: NewPerson): Promise<AcceptOutcome> =>
      useUp(prisma, token, async (transaction, { kind }) => {
        const problem = kind === "setup" ? await setupProblem(transaction) : null;
        return problem ?? addPerson(transaction, kind, person);
      }),

    /** Uses a reset link up, replaces the password and ends the person's sessions, or does nothing. */
    reset: (token: Token, passwordHash: string): Promise<AcceptOutcome> =>
      useUp(prisma, token, async (transaction, { user_id: id }) => {
        if (id === null) return "used";
        const data = { passwordHash, sessionVersion: { increment: 1 } };
        const user = await transaction.user.update({ where: { id }, data });
        if (user.disabledAt !== null) return "disabled";
        const actor = { userId: id, name: user.name };
        await recordChange(transaction, actor, { action: "person.reset_password", subject: `user:${id}` });
        return "accepted";
      }),
  };
}

type Acceptance = (transaction: Prisma.TransactionClient, used: UsedInvitation) => Promise<AcceptOutcome>;

/** Marks the link used and does what it is for in one transaction, which is rolled back unless that succeeds. */
async function useUp(prisma: PrismaClient, { hash, usedAt }: Token, accept: Acceptance): Promise<AcceptOutcome> {
  try {
    return await prisma.$transaction(async (transaction) => {
      const [used] = await transaction.$queryRaw<UsedInvitation[]>`
        UPDATE invitations SET used_at = ${usedAt}
        WHERE token_hash = ${hash} AND used_at IS NULL AND expires_at > ${usedAt}
        RETURNING kind, user_id`;
      const outcome = used === undefined ? "used" : await accept(transaction, used);
      if (outcome !== "accepted") throw new Abandoned(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Abandoned) return error.outcome;
    throw error;
  }
}

async function setupProblem(transaction: Prisma.TransactionClient): Promise<AcceptOutcome | null> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${SETUP_LOCK})`;
  return (await transaction.user.count({ take: 1 })) > 0 ? "already_set_up" : null;
}

async function addPerson(
  transaction: Prisma.TransactionClient,
  kind: string,
  person: NewPerson,
): Promise<AcceptOutcome> {
  const { count } = await transaction.user.createMany({ data: [person], skipDuplicates: true });
  if (count === 0) return "email_taken";
  const { id } = await transaction.user.findUniqueOrThrow({ where: { email: person.email } });
  const { email, name, role } = person;
  await recordChange(
    transaction,
    { userId: id, name },
    {
      action: kind === "setup" ? "person.set_up" : "person.accept_invitation",
      subject: `user:${id}`,
      after: { email, name, role },
    },
  );
  return "accepted";
}

/** Thrown to roll back; its outcome is the answer. */
class Abandoned extends Error {
  readonly outcome: AcceptOutcome;

  constructor(outcome: AcceptOutcome) {
    super(outcome);
    this.outcome = outcome;
  }
}
