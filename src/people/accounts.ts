import type { Actor, SessionClaim } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { passwordProblem } from "#domain/password-rule.ts";
import { describeWait, type SignInFailure } from "#domain/sign-in-failure.ts";
import type { Account, AccountStore } from "#people/account-store.ts";
import { createAttemptThrottle } from "#people/attempt-throttle.ts";
import { hashPassword, isPassword } from "#people/password.ts";
import type { SignInThrottle } from "#people/sign-in-throttle.ts";

export type { Account } from "#people/account-store.ts";

export type SignInInput = { email: string; password: string; address: string };
export type SignInResult = { outcome: "signed_in"; account: Account } | { outcome: "refused"; failure: SignInFailure };

export type Me = { id: string; name: string; email: string; role: Actor["role"] };

const PASSWORD_CHECKS = { attempts: 8, windowSeconds: 15 * 60 };

export type Accounts = ReturnType<typeof createAccounts>;

/** Signing in, and what people do with their own account. */
export function createAccounts(options: { store: AccountStore; throttle: SignInThrottle; clock: () => Date }) {
  const { store, throttle, clock } = options;
  const passwordChecks = createAttemptThrottle(PASSWORD_CHECKS);

  return {
    /** Checks e-mail and password. A refusal does not tell whether the e-mail has an account. */
    async signIn(input: SignInInput): Promise<SignInResult> {
      const email = normaliseEmail(input.email);
      const attempt = { email: email.slice(0, EMAIL_LENGTH_MAX), address: input.address };
      const waitSeconds = await throttle.attempt(attempt);
      if (waitSeconds !== null) return refused({ reason: "too_many_attempts", waitSeconds });

      const found = await store.credentials(email);
      const isRight = await isPassword(input.password, found?.passwordHash ?? null);
      if (found === null || !isRight) return refused({ reason: "wrong_credentials" });
      if (found.account.isDisabled) return refused({ reason: "account_disabled" });

      await throttle.succeeded(attempt);
      await store.noteSignIn(found.account.id, clock());
      return { outcome: "signed_in", account: found.account };
    },

    /** Who a session belongs to, as the account is now; null once the account is disabled or the session ended. */
    async actorOf(claim: SessionClaim): Promise<Actor | null> {
      const account = await store.byId(claim.userId);
      if (account === null || account.isDisabled || account.sessionVersion !== claim.sessionVersion) return null;
      return toActor(account);
    },

    /** @throws DomainError not_signed_in when the account is gone */
    async me(actor: Actor): Promise<Me> {
      const account = await store.byId(actor.userId);
      if (account === null) throw new DomainError("not_signed_in", "Sign in again.");
      const { id, name, email, role } = account;
      return { id, name, email, role };
    },

    /**
     * Replaces the person's password and ends all their sessions, this one included.
     * @throws DomainError not_allowed when the current password is wrong; invalid_input for an unusable new
     * one; too_many_attempts
     */
    async changePassword(actor: Actor, input: { current: string; next: string }): Promise<void> {
      const waitSeconds = await passwordChecks.attempt(actor.userId);
      if (waitSeconds !== null) throw tooManyAttempts(waitSeconds);
      const { email } = await this.me(actor);
      const passwordHash = (await store.credentials(email))?.passwordHash ?? null;
      if (!(await isPassword(input.current, passwordHash))) {
        throw new DomainError("not_allowed", "The current password is not right.");
      }
      const problem = passwordProblem(input.next, email);
      if (problem !== null) throw new DomainError("invalid_input", problem);
      await store.savePassword(actor, await hashPassword(input.next));
      await passwordChecks.clear(actor.userId);
    },
  };
}

const EMAIL_LENGTH_MAX = 254;

/** E-mail addresses are compared and kept in lower case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The refusal that says how long to wait. */
export function tooManyAttempts(waitSeconds: number): DomainError {
  return new DomainError("too_many_attempts", `Too many attempts. Try again in ${describeWait(waitSeconds)}.`);
}

function refused(failure: SignInFailure): SignInResult {
  return { outcome: "refused", failure };
}

function toActor({ id, name, role }: Account): Actor {
  return { userId: id, name, role };
}
