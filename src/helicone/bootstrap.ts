import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { DomainError } from "#domain/errors.ts";
import { readGatewayFile, readPortalFile, writeCredentials } from "#helicone/credentials.ts";
import {
  addKey,
  findKnownKeys,
  findMainOrganisation,
  type HeliconeAddresses,
  type HeliconeLogin,
  type KeyPermissions,
  makeHeliconeKey,
  signIn,
  signUp,
} from "#helicone/helicone-account.ts";
import { createHeliconeClient } from "#helicone/helicone-client.ts";
import { keepPendingSetup, type PendingSetup, readPendingSetup, removePendingSetup } from "#helicone/pending-setup.ts";
import { createHeliconeUsageSource } from "#helicone/usage-source.ts";

export type BootstrapOptions = HeliconeAddresses & {
  credentialsDir: string;
  /** An account to use, made where there is none; else one of our own. */
  login?: HeliconeLogin;
  /** How long to wait for a Helicone that is not ready. */
  waitMs: number;
  /** Told what is waited for, and what was done. Never a secret. */
  say: (line: string) => void;
};

/** What was made now; what was there before is kept. */
export type BootstrapResult = { organisationId: string; email: string; made: string[] };

const RETRY_MS = 2_000;
const ACCOUNT_NAME = "Trinity LLM Observability";
const OWN_EMAIL = "trinity@observability.local";

const KEYS = {
  writeKey: { name: "trinity-gateway", permissions: "w" },
  logKey: { name: "trinity-gateway-log", permissions: "rw" },
  apiKey: { name: "trinity-portal", permissions: "rw" },
} as const satisfies Record<string, { name: string; permissions: KeyPermissions }>;

/**
 * Brings Helicone to where gateway and portal can use it: an account, its organisation, a key each for writing, logging and
 * reading, kept in `credentialsDir`. Waits until all of Helicone answers. Can be repeated at any time, also after it was
 * interrupted: what works is kept, what is missing is made, nothing is taken away.
 * @throws DomainError "conflict" when the account is there with another password; "unavailable" with the last reason when
 * Helicone was not ready in time
 */
export async function bootstrapHelicone(options: BootstrapOptions): Promise<BootstrapResult> {
  const deadline = performance.now() + options.waitMs;
  let told = "";
  for (;;) {
    try {
      return await setUp(options);
    } catch (error) {
      const isWaiting = error instanceof DomainError && error.code === "unavailable";
      if (!isWaiting || performance.now() + RETRY_MS > deadline) throw error;
      if (told !== error.message) options.say(`Waiting for Helicone: ${error.message}`);
      told = error.message;
      await sleep(RETRY_MS);
    }
  }
}

async function setUp(options: BootstrapOptions): Promise<BootstrapResult> {
  const { credentialsDir } = options;
  const setup = await plannedSetup(options);
  const { cookie, isNew } = await openSession(options, setup);
  const organisationId = await findMainOrganisation(options, cookie);
  const session = { url: options.url, cookie, organisationId };
  const names = Object.keys(KEYS).filter(isKeyName);
  const known = await findKnownKeys(
    session,
    names.map((name) => setup[name]),
  );
  const missing = names.filter((name) => !known.has(setup[name]));
  for (const name of missing) await addKey(session, { ...KEYS[name], value: setup[name] });
  await createHeliconeUsageSource(createHeliconeClient({ url: options.url, apiKey: () => setup.apiKey })).probe();

  const { email, password, writeKey, logKey, apiKey } = setup;
  await writeCredentials(credentialsDir, {
    portal: { email, password, organisationId, apiKey, writeKey },
    gateway: { writeKey, logKey },
  });
  await removePendingSetup(credentialsDir);
  const made = [...(isNew ? [`the account ${email}`] : []), ...missing.map((name) => `the key ${KEYS[name].name}`)];
  return { organisationId, email, made };
}

/** What was set up before, or what an interrupted set-up meant to make; kept on disk before Helicone hears of it. */
async function plannedSetup({ credentialsDir, login }: BootstrapOptions): Promise<PendingSetup> {
  const [portal, gateway] = [readPortalFile(credentialsDir), readGatewayFile(credentialsDir)];
  const pending = readPendingSetup(credentialsDir);
  const chosen = login ?? portal ?? pending;
  const isSameAccount = login === undefined || login.email === (portal ?? pending)?.email;
  const kept = isSameAccount ? { ...pending, ...gateway, ...(portal !== null && { apiKey: portal.apiKey }) } : {};
  const setup: PendingSetup = {
    email: chosen?.email ?? OWN_EMAIL,
    password: chosen?.password ?? randomBytes(24).toString("base64url"),
    writeKey: kept.writeKey ?? makeHeliconeKey(KEYS.writeKey.permissions),
    logKey: kept.logKey ?? makeHeliconeKey(KEYS.logKey.permissions),
    apiKey: kept.apiKey ?? makeHeliconeKey(KEYS.apiKey.permissions),
  };
  await keepPendingSetup(credentialsDir, setup);
  return setup;
}

async function openSession(
  options: BootstrapOptions,
  { email, password }: PendingSetup,
): Promise<{ cookie: string; isNew: boolean }> {
  const cookie = await signIn(options, { email, password });
  if (cookie !== null) return { cookie, isNew: false };
  const isNew = await signUp(options, { name: ACCOUNT_NAME, email, password });
  const after = isNew ? await signIn(options, { email, password }) : null;
  if (after !== null) return { cookie: after, isNew };
  throw new DomainError(
    "conflict",
    `Helicone has an account ${email} already, with another password than is kept in ${options.credentialsDir}. ` +
      "Put the file portal.json back that was made for it, or name another account with --email and --password-file.",
  );
}

function isKeyName(name: string): name is keyof typeof KEYS {
  return name in KEYS;
}
