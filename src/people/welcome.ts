import { DomainError, type DomainErrorCode } from "#domain/errors.ts";
import { passwordProblem } from "#domain/password-rule.ts";
import type { AcceptanceStore, AcceptOutcome } from "#people/acceptance-store.ts";
import { normaliseEmail, tooManyAttempts } from "#people/accounts.ts";
import { createAttemptThrottle } from "#people/attempt-throttle.ts";
import type { InvitationKind, InvitationStore, UsableInvitation } from "#people/invitation-store.ts";
import { hashPassword } from "#people/password.ts";
import type { Role } from "#people/people-store.ts";
import { hashSecret } from "#secret-token.ts";

/** What a one-time link is for. `email` is null where the person chooses it. */
export type WelcomeLink = { kind: InvitationKind; email: string | null; role: Role };

/** Which fields count is decided by the link: name and e-mail for set-up, name for an invitation, neither for a reset. */
export type WelcomeInput = { token: string; name?: string; email?: string; password: string };

const ATTEMPTS = { attempts: 30, windowSeconds: 5 * 60 };
const NAME_LENGTH_MAX = 80;
const EMAIL_PATTERN = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

const REFUSALS = {
  used: ["not_found", "This link has been used or has expired. Ask an admin for a new one."],
  already_set_up: ["conflict", "This portal is set up already. Sign in, or ask an admin for an invitation."],
  email_taken: ["conflict", "This e-mail has an account already. Sign in instead."],
  disabled: ["not_allowed", "This account is disabled. Ask an admin to enable it."],
} as const satisfies Record<Exclude<AcceptOutcome, "accepted">, readonly [DomainErrorCode, string]>;

type Dependencies = { invitations: InvitationStore; acceptances: AcceptanceStore; clock: () => Date };

export type Welcome = ReturnType<typeof createWelcome>;

/** Takes people in who hold a one-time link: the first admin, the invited, and those who reset their password. */
export function createWelcome({ invitations, acceptances, clock }: Dependencies) {
  const throttle = createAttemptThrottle(ATTEMPTS);

  /** Every attempt counts until it turns out to be a link of ours. */
  const usableLink = async (token: string, address: string): Promise<UsableInvitation> => {
    const waitSeconds = await throttle.attempt(address);
    if (waitSeconds !== null) throw tooManyAttempts(waitSeconds);
    const link = await invitations.usable(hashSecret(token), clock());
    if (link === null) throw refusal("used");
    if (link.kind === "setup" && (await invitations.hasPeople())) throw refusal("already_set_up");
    await throttle.forgive(address);
    return link;
  };

  return {
    /** Whether anybody has an account yet; until then only the set-up link lets somebody in. */
    isSetUp: () => invitations.hasPeople(),

    /**
     * Says what a link is for, without using it.
     * @throws DomainError not_found for a link that does not work (any more); conflict; too_many_attempts
     */
    async check(token: string, address: string): Promise<WelcomeLink> {
      const { kind, email, role } = await usableLink(token, address);
      return { kind, email, role };
    },

    /**
     * Uses a link: exactly once, however many try at the same time.
     * @throws DomainError not_found for a link that does not work (any more); invalid_input; conflict;
     * not_allowed; too_many_attempts
     */
    async accept(input: WelcomeInput, address: string): Promise<void> {
      const link = await usableLink(input.token, address);
      const email = link.kind === "setup" ? checkedEmail(input.email) : (link.email ?? "");
      const problem = passwordProblem(input.password, email);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      const name = link.kind === "reset" ? "" : checkedName(input.name);

      const passwordHash = await hashPassword(input.password);
      const used = { hash: hashSecret(input.token), usedAt: clock() };
      const outcome =
        link.kind === "reset"
          ? await acceptances.reset(used, passwordHash)
          : await acceptances.newPerson(used, { name, email, role: link.role, passwordHash });
      if (outcome !== "accepted") throw refusal(outcome);
    },
  };
}

function refusal(outcome: keyof typeof REFUSALS): DomainError {
  const [code, message] = REFUSALS[outcome];
  return new DomainError(code, message);
}

function checkedName(text: string | undefined): string {
  const name = text?.trim() ?? "";
  if (name === "") throw new DomainError("invalid_input", "Write your name, so that others know who you are.");
  if (name.length > NAME_LENGTH_MAX) {
    throw new DomainError("invalid_input", `A name has at most ${NAME_LENGTH_MAX} characters.`);
  }
  return name;
}

function checkedEmail(text: string | undefined): string {
  const email = normaliseEmail(text ?? "");
  if (!EMAIL_PATTERN.test(email))
    throw new DomainError("invalid_input", "Write your e-mail address, such as ada@example.com.");
  return email;
}
