import { createHash, randomBytes } from "node:crypto";

import pg from "pg";
import { v7 as uuid } from "uuid";

/**
 * The link that makes the first admin, valid for 7 days and once; undefined when there already are people. Links of earlier
 * starts stop working. Only the token's hash is stored; it stands behind the `#`, so that no server or log sees it.
 */
export async function createSetupLink(databaseUrl: string, portalUrl: string): Promise<string | undefined> {
  const token = randomBytes(32).toString("base64url");
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("DELETE FROM invitations WHERE kind = 'setup' AND used_at IS NULL");
    const inserted = await client.query(
      `INSERT INTO invitations (id, token_hash, kind, role, expires_at)
       SELECT $1, $2, 'setup', 'admin', now() + interval '7 days' WHERE NOT EXISTS (SELECT 1 FROM users)`,
      [uuid(), createHash("sha256").update(token).digest()],
    );
    return inserted.rowCount === 1 ? `${portalUrl}/welcome#${token}` : undefined;
  } finally {
    await client.end();
  }
}
