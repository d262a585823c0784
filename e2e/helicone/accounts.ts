import { createHash, randomBytes, randomInt, randomUUID } from "node:crypto";

export type User = { id: string; authUserId: string; name: string; email: string; password: string; createdAt: string };
export type Organization = { id: string; name: string; owner: string; isMain: boolean; createdAt: string };
export type ApiKey = {
  id: string;
  hash: string;
  name: string;
  permissions: string;
  userId: string;
  organizationId: string;
  createdAt: string;
};

/** What PostgreSQL keeps in the real one: people, their sessions and organisations, and the hashes of keys. */
export type Accounts = {
  users: User[];
  sessions: Map<string, { user: User; createdAt: string }>;
  organizations: Organization[];
  keys: ApiKey[];
  /** Null when there is such a user already. */
  signUp: (user: { name: string; email: string; password: string }) => User | null;
  /** The session's token, or null for a wrong password. */
  signIn: (email: string, password: string) => string | null;
  organizationsOf: (user: User) => Organization[];
  addKey: (key: { value: string; name: string; permissions: string; organization: Organization }) => ApiKey;
  findKey: (value: string) => ApiKey | undefined;
  clear: () => void;
};

/** The forms of a key that are looked up at all; others are proxied and never logged. */
export const KEY_FORM = /^[sp]k(-helicone)?(-eu)?(-cp)?-\w{7}-\w{7}-\w{7}-\w{7}$/;

/** The people, organisations and keys of one stand-in, in memory. */
export function createAccounts(): Accounts {
  const users: User[] = [];
  const sessions: Accounts["sessions"] = new Map();
  const organizations: Organization[] = [];
  const keys: ApiKey[] = [];
  let keysMade = 1; // the first key of a fresh database was recorded with the id 2
  return {
    users,
    sessions,
    organizations,
    keys,
    signUp({ name, email, password }) {
      if (users.some((user) => user.email === email)) return null;
      const createdAt = new Date().toISOString();
      const user = { id: randomText(32), authUserId: randomUUID(), name, email, password, createdAt };
      users.push(user);
      const make = (orgName: string, isMain: boolean) => ({
        id: randomUUID(),
        name: orgName,
        owner: user.authUserId,
        isMain,
        createdAt,
      });
      organizations.push(make("Demo Org", false), make("My Organization", true));
      return user;
    },
    signIn(email, password) {
      const user = users.find((one) => one.email === email && one.password === password);
      if (user === undefined) return null;
      const token = `${randomText(32)}.${randomBytes(32).toString("base64")}`;
      sessions.set(token, { user, createdAt: new Date().toISOString() });
      return token;
    },
    organizationsOf: (user) => organizations.filter((one) => one.owner === user.authUserId),
    addKey({ value, name, permissions, organization }) {
      keysMade += 1;
      const key = {
        id: String(keysMade),
        hash: hashOf(value),
        name,
        permissions,
        userId: organization.owner,
        organizationId: organization.id,
        createdAt: new Date().toISOString(),
      };
      keys.push(key);
      return key;
    },
    findKey: (value) => keys.find((key) => key.hash === hashOf(value)),
    clear() {
      users.length = 0;
      organizations.length = 0;
      keys.length = 0;
      sessions.clear();
    },
  };
}

/** A key as Helicone makes them: four groups of seven. */
export function makeKey(prefix = "sk-helicone"): string {
  return [prefix, ...Array.from({ length: 4 }, () => randomText(7).toLowerCase())].join("-");
}

/** Helicone stores keys as the hash of the header they come in. */
function hashOf(value: string): string {
  return createHash("sha256").update(`Bearer ${value}`).digest("hex");
}

function randomText(length: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
}
