import type pg from "pg";

import { readSession, type SessionParts } from "#portal/auth/session.ts";

/** Who comes to the door, as their account is at this moment. */
export type Visitor = "admin" | "owner" | "stranger";

export type VisitorCheckParts = {
  pool: pg.Pool;
  /** Decides the name of the session cookie. */
  portalUrl: string;
  sessionSecret: string;
};

type AccountRow = { name: string; role: string };

/**
 * Tells who the cookies of a request belong to. The database is asked each time: a role that was taken away and a session
 * that was ended count from the next request on.
 * @throws what the database throws when it cannot be asked
 */
export function createVisitorCheck({ pool, portalUrl, sessionSecret }: VisitorCheckParts) {
  const accounts: SessionParts["accounts"] = {
    async actorOf({ userId, sessionVersion }) {
      const { rows } = await pool.query<AccountRow>({
        name: "door-account",
        text: "SELECT name, role FROM users WHERE id = $1 AND session_version = $2 AND disabled_at IS NULL",
        values: [userId, sessionVersion],
      });
      const [row] = rows;
      if (row === undefined) return null;
      return { userId, name: row.name, role: row.role === "admin" ? "admin" : "owner" };
    },
  };

  return async (cookies: Record<string, string>): Promise<Visitor> => {
    const session = await readSession({ portalUrl, sessionSecret, accounts }, cookies);
    return session?.actor.role ?? "stranger";
  };
}
