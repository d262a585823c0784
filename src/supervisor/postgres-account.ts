import { spawnSync } from "node:child_process";
import { stat } from "node:fs/promises";

import { BARE_ENVIRONMENT } from "#supervisor/bare-environment.ts";

/** The user a PostgreSQL server runs as. Undefined: the user of this very process. */
export type PostgresAccount = { uid: number; gid: number } | undefined;

/** "nobody" on most systems; the number needs no entry in the machine's list of users. */
const UNPRIVILEGED = 65534;

/**
 * PostgreSQL refuses to run as root, so root starts it as the owner of the existing database folder, or as an
 * unprivileged user where there is none yet.
 */
export async function choosePostgresAccount(clusterDir: string): Promise<PostgresAccount> {
  if (process.getuid?.() !== 0) return undefined;
  const cluster = await stat(clusterDir).catch(() => undefined);
  if (cluster && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  return { uid: UNPRIVILEGED, gid: UNPRIVILEGED };
}

/** Whether that user can reach the folder: asked of the system, because modes alone do not tell (ACLs, mounts). */
export function canEnter(account: PostgresAccount, folder: string): boolean {
  const probe = spawnSync("/bin/sh", ["-c", 'cd -- "$0"', folder], {
    ...account,
    cwd: "/",
    env: BARE_ENVIRONMENT,
    stdio: "ignore",
  });
  return probe.status === 0;
}
