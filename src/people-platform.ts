import { createAcceptanceStore } from "#people/acceptance-store.ts";
import { createAccountStore } from "#people/account-store.ts";
import { createAccounts } from "#people/accounts.ts";
import { createApiKeyStore } from "#people/api-key-store.ts";
import { createApiKeys } from "#people/api-keys.ts";
import { createInvitationStore } from "#people/invitation-store.ts";
import { createPeople } from "#people/people.ts";
import { createPeopleStore } from "#people/people-store.ts";
import { createSignInThrottle } from "#people/sign-in-throttle.ts";
import { createWelcome } from "#people/welcome.ts";
import type { PrismaClient } from "#prisma-client.ts";

type PeopleParts = { prisma: PrismaClient; portalUrl: string; clock: () => Date };

/** Who signs in, and with what. */
export function createPeopleServices({ prisma, clock, portalUrl }: PeopleParts) {
  const invitations = createInvitationStore(prisma);
  return {
    accounts: createAccounts({ store: createAccountStore(prisma), throttle: createSignInThrottle(), clock }),
    people: createPeople({ store: createPeopleStore(prisma), invitations, portalUrl, clock }),
    welcome: createWelcome({ invitations, acceptances: createAcceptanceStore(prisma), clock }),
    apiKeys: createApiKeys(createApiKeyStore(prisma), clock),
  };
}
