import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { normaliseEmail } from "#people/accounts.ts";
import type { InvitationStore } from "#people/invitation-store.ts";
import type { PendingInvitation, PeopleStore, Person, PersonChange, Role } from "#people/people-store.ts";
import { createSecretToken } from "#secret-token.ts";

export type { PendingInvitation, Person } from "#people/people-store.ts";

/** A link that works once, until `expiresAt`. It is shown this once and kept nowhere. */
export type OneTimeLink = { link: string; expiresAt: Date };

const HOUR_MS = 60 * 60 * 1000;
const INVITATION_MS = 7 * 24 * HOUR_MS;
const RESET_MS = 24 * HOUR_MS;

type Dependencies = { store: PeopleStore; invitations: InvitationStore; portalUrl: string; clock: () => Date };

export type People = ReturnType<typeof createPeople>;

/** Who may sign in. Everything here is for admins; the caller has made sure that the actor is one. */
export function createPeople({ store, invitations, portalUrl, clock }: Dependencies) {
  const newLink = (lifetimeMs: number) => {
    const { secret, hash } = createSecretToken("");
    // After the "#", so that it never reaches a server's log.
    return {
      link: `${portalUrl}/welcome#${secret}`,
      tokenHash: hash,
      expiresAt: new Date(clock().getTime() + lifetimeMs),
    };
  };

  const change = async (actor: Actor, userId: string, wanted: PersonChange): Promise<void> => {
    if (actor.userId === userId) {
      throw new DomainError("not_allowed", "You cannot change your own role or access. Ask another admin.");
    }
    const outcome = await store.change(actor, userId, wanted);
    if (outcome === "not_found") throw noSuchPerson();
    if (outcome === "actor_lost_rights") throw new DomainError("not_allowed", "You are not an admin any more.");
  };

  return {
    /** Everybody with an account, by name, and the invitations that can still be used. */
    async list(): Promise<{ people: Person[]; pending: PendingInvitation[] }> {
      const [people, pending] = await Promise.all([store.list(), invitations.pending(clock())]);
      return { people, pending };
    },

    /**
     * Makes a link with which the person makes their account. It replaces an earlier one for that e-mail.
     * @throws DomainError conflict when the e-mail has an account
     */
    async invite(actor: Actor, input: { email: string; role: Role }): Promise<OneTimeLink> {
      const email = normaliseEmail(input.email);
      if (await store.isEmailTaken(email)) throw new DomainError("conflict", `${email} has an account already.`);
      const { link, ...token } = newLink(INVITATION_MS);
      await invitations.insert(actor, { ...token, kind: "invite", email, role: input.role });
      return { link, expiresAt: token.expiresAt };
    },

    /**
     * Makes a link with which the person chooses a new password; using it ends all their sessions.
     * @throws DomainError not_found; not_allowed for a disabled account
     */
    async resetLink(actor: Actor, userId: string): Promise<OneTimeLink> {
      const person = await store.byId(userId);
      if (person === null) throw noSuchPerson();
      if (person.isDisabled) throw new DomainError("not_allowed", "This account is disabled. Enable it first.");
      const { link, ...token } = newLink(RESET_MS);
      await invitations.insert(actor, { ...token, kind: "reset", userId, role: person.role });
      return { link, expiresAt: token.expiresAt };
    },

    /**
     * Makes somebody else an admin or an owner, at once and in open sessions too.
     * @throws DomainError not_allowed for oneself; not_found
     */
    setRole: (actor: Actor, userId: string, role: Role): Promise<void> => change(actor, userId, { role }),

    /**
     * Takes somebody else's access away, at once and in open sessions too, or gives it back.
     * @throws DomainError not_allowed for oneself; not_found
     */
    setDisabled: (actor: Actor, userId: string, isDisabled: boolean): Promise<void> =>
      change(actor, userId, { isDisabled }),

    /**
     * Makes an invitation's link useless.
     * @throws DomainError not_found when there is none, or it has been used
     */
    async cancelInvitation(actor: Actor, invitationId: string): Promise<void> {
      if (!(await invitations.cancel(actor, invitationId))) {
        throw new DomainError("not_found", "This invitation has been used or cancelled already.");
      }
    },
  };
}

function noSuchPerson(): DomainError {
  return new DomainError("not_found", "There is no such person.");
}
