import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { tooManyAttempts } from "#people/accounts.ts";
import type { ApiKey, ApiKeyScope, ApiKeyStore } from "#people/api-key-store.ts";
import { createAttemptThrottle } from "#people/attempt-throttle.ts";
import { createSecretToken, hashSecret } from "#secret-token.ts";

export type { ApiKey, ApiKeyScope } from "#people/api-key-store.ts";

/** API keys are known by this prefix. */
export const API_KEY_PREFIX = "tok_";

const NAME_LENGTH_MAX = 80;
const ACTIVE_KEYS_MAX = 50;
/** `last_used_at` is for people to see whether a key is in use; a write per call would cost more than it says. */
const USE_NOTED_EVERY_MS = 60_000;

const WRONG_KEYS = { attempts: 30, windowSeconds: 5 * 60 };

export type Keyholder = { keyId: string; actor: Actor; scopes: ApiKeyScope[] };

export type ApiKeys = ReturnType<typeof createApiKeys>;

/** Keys with which programs read what their creator may see. */
export function createApiKeys(store: ApiKeyStore, clock: () => Date) {
  const wrongKeys = createAttemptThrottle(WRONG_KEYS);

  return {
    /** The actor's own keys, the newest first, revoked ones included. */
    list: (actor: Actor): Promise<ApiKey[]> => store.list(actor.userId),

    /**
     * Makes a key. It is returned this once and kept nowhere.
     * @throws DomainError invalid_input without a name or a scope; conflict at 50 keys in use
     */
    async create(
      actor: Actor,
      input: { name: string; scopes: readonly ApiKeyScope[] },
    ): Promise<{ key: string; id: string }> {
      const name = input.name.trim();
      if (name === "") throw new DomainError("invalid_input", "Name the key after what will use it.");
      if (name.length > NAME_LENGTH_MAX) {
        throw new DomainError("invalid_input", `A name has at most ${NAME_LENGTH_MAX} characters.`);
      }
      if (input.scopes.length === 0) throw new DomainError("invalid_input", "Choose what the key may do.");
      if ((await store.activeCount(actor.userId)) >= ACTIVE_KEYS_MAX) {
        throw new DomainError("conflict", `You have ${ACTIVE_KEYS_MAX} keys in use. Revoke one first.`);
      }
      const { secret, hash, hint } = createSecretToken(API_KEY_PREFIX);
      const id = await store.insert(actor, { name, scopes: input.scopes, keyHash: hash, keyHint: hint });
      return { key: secret, id };
    },

    /**
     * Makes one of the actor's own keys useless, at once.
     * @throws DomainError not_found when the actor has no such key in use
     */
    async revoke(actor: Actor, id: string): Promise<void> {
      if (!(await store.revoke(actor, id, clock()))) {
        throw new DomainError("not_found", "There is no such key, or it has been revoked already.");
      }
    },

    /**
     * Who a key acts as: its creator, with the role of this moment. Null for an unknown or revoked key, or a
     * disabled creator.
     * @throws DomainError too_many_attempts after 30 wrong keys from one address in 5 minutes
     */
    async authenticate(key: string, address: string): Promise<Keyholder | null> {
      const waitSeconds = await wrongKeys.wait(address);
      if (waitSeconds !== null) throw tooManyAttempts(waitSeconds);
      const found = key.startsWith(API_KEY_PREFIX) ? await store.byHash(hashSecret(key)) : null;
      if (found === null || found.creator.isDisabled) {
        await wrongKeys.attempt(address);
        return null;
      }
      const now = clock();
      const notAfter = new Date(now.getTime() - USE_NOTED_EVERY_MS);
      if (found.lastUsedAt === null || found.lastUsedAt < notAfter) await store.noteUse(found.id, now, notAfter);
      const { id, name, role } = found.creator;
      return { keyId: found.id, actor: { userId: id, name, role }, scopes: found.scopes };
    },
  };
}
