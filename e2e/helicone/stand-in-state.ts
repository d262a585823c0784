import { type Accounts, type ApiKey, createAccounts, KEY_FORM, type Organization, type User } from "./accounts.ts";
import { cookieOf, type Exchange } from "./exchange.ts";
import { type Faults, NO_FAULTS } from "./faults.ts";
import { createRowStore, type RowStore } from "./logged-rows.ts";

export type StandInSettings = {
  /** Where the Anthropic route leads, without a trailing slash. */
  upstreamUrl: string;
  /** BETTER_AUTH_URL of the real one. Absent: the first request's own address. */
  betterAuthUrl?: string;
  /** NEXT_PUBLIC_IS_ON_PREM; without, /signin leads to the vendor's cloud. Default true. */
  isOnPrem?: boolean;
  /** S3_REGION; without, the log route answers 500. Default true. */
  hasRegion?: boolean;
  /** S3_ENDPOINT_PUBLIC, which signed addresses begin with. Default: the object server's own. */
  objectsPublicUrl?: string;
};

export type ReceivedRequest = {
  server: "jawn" | "web" | "objects";
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** What is not as it was recorded, a line each. */
  violations: string[];
};

export type StandInState = {
  settings: StandInSettings;
  accounts: Accounts;
  rows: RowStore;
  /** Bodies by their path in the object store. */
  objects: Map<string, string>;
  filters: { id: string; name: string; filter: unknown; organizationId: string }[];
  faults: Faults;
  received: ReceivedRequest[];
};

export type Caller = { organization: Organization };
export type Refusal = { error: string | null };

export const DEFAULT_SETTINGS = { isOnPrem: true, hasRegion: true } as const;

/** The memory of one stand-in. */
export function createState(settings: StandInSettings): StandInState {
  return {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    accounts: createAccounts(),
    rows: createRowStore(),
    objects: new Map(),
    filters: [],
    faults: NO_FAULTS,
    received: [],
  };
}

/** The session's cookie is called otherwise behind https. */
export function sessionCookieName({ settings }: StandInState): string {
  const prefix = settings.betterAuthUrl?.startsWith("https:") === true ? "__Secure-" : "";
  return `${prefix}better-auth.session_token`;
}

/** Who is signed in, by the session's cookie. */
export function userOf(state: StandInState, exchange: Exchange): User | undefined {
  const token = cookieOf(exchange, sessionCookieName(state));
  return token === undefined ? undefined : state.accounts.sessions.get(token)?.user;
}

/** Who calls the API: by a key that may read, or else by a session and the organisation that its header names. */
export function identify(state: StandInState, exchange: Exchange): Caller | Refusal {
  if (state.faults.postgresDown) return { error: DEAD_POSTGRES };
  const bearer = exchange.headers.authorization;
  if (bearer !== undefined) return identifyByKey(state, bearer);
  const header = exchange.headers["helicone-authorization"];
  if (header === undefined) return { error: "No authorization header" };
  const user = userOf(state, exchange);
  if (user === undefined) return { error: "Invalid session" };
  const orgId = /"orgId"\s*:\s*"([^"]*)"/.exec(header)?.[1];
  const organization = state.accounts.organizationsOf(user).find((one) => one.id === orgId);
  return organization === undefined ? { error: "Invalid session" } : { organization };
}

/** The key of a gateway call, which is looked at only when its row is written. */
export function keyForLogging(state: StandInState, header: string | undefined): ApiKey | undefined {
  const value = /^Bearer (.+)$/.exec(header ?? "")?.[1] ?? "";
  return KEY_FORM.test(value) ? state.accounts.findKey(value) : undefined;
}

function identifyByKey(state: StandInState, bearer: string): Caller | Refusal {
  const key = keyForLogging(state, bearer);
  const organization = state.accounts.organizations.find((one) => one.id === key?.organizationId);
  if (key === undefined || organization === undefined) return { error: "No API key found" };
  return key.permissions.includes("r") ? { organization } : { error: null };
}

const DEAD_POSTGRES =
  '"{\\"errno\\":-111,\\"code\\":\\"ECONNREFUSED\\",\\"syscall\\":\\"connect\\",\\"address\\":\\"127.0.0.1\\",\\"port\\":5432}"';
