import { readFileSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

/** Where keys may come from: the settings, which win, or what Helicone's set-up has written into a folder. */
export type CredentialSources = {
  credentialsDir: string;
  writeKey: string | undefined;
  apiKey: string | undefined;
};

/** `writeKey`: for the proxy. `logKey`: for the log route, which Helicone opens only to keys that may read as well. */
export type GatewayCredentials = { writeKey: string; logKey: string };

export type DashboardAccount = { email: string; password: string; organisationId: string };

/** `apiKey`: reads and writes. The account is null where only a key was given by hand. */
export type PortalCredentials = { apiKey: string; account: DashboardAccount | null };

const gatewayFile = z.object({ writeKey: z.string(), logKey: z.string() });
const portalFile = z.object({
  email: z.string(),
  password: z.string(),
  organisationId: z.string(),
  apiKey: z.string(),
  /** What agents get that are sent straight to Helicone. Absent in files of earlier versions, until the set-up runs again. */
  writeKey: z.string().optional(),
});

/** What `portal.json` holds. */
export type PortalFile = z.infer<typeof portalFile>;

/** A file is looked at again after this, so that asking costs nothing. */
const KNOWN_MS = 1_000;
const known = new Map<string, { readAt: number; value: unknown }>();

/**
 * The gateway's keys; null: there are none yet. A key given by hand serves for both. Cheap to ask for every call, and
 * what was set up meanwhile is seen within a second.
 */
export function readGatewayCredentials({ credentialsDir, writeKey }: CredentialSources): GatewayCredentials | null {
  if (writeKey !== undefined) return { writeKey, logKey: writeKey };
  return readFirst(credentialsDir, "gateway", gatewayFile);
}

/** The portal's key and account; null: there are none yet. Cheap to ask for, as the gateway's. */
export function readPortalCredentials({ credentialsDir, apiKey }: CredentialSources): PortalCredentials | null {
  const found = readFirst(credentialsDir, "portal", portalFile);
  if (found === null) return apiKey === undefined ? null : { apiKey, account: null };
  const { email, password, organisationId } = found;
  return { apiKey: apiKey ?? found.apiKey, account: { email, password, organisationId } };
}

/** The key that agents get which are sent straight to Helicone: it can write and not read. Null: there is none yet. */
export function readAgentWriteKey({ credentialsDir, writeKey }: CredentialSources): string | null {
  if (writeKey !== undefined) return writeKey;
  const inPortalFile = readFirst(credentialsDir, "portal", portalFile)?.writeKey;
  return inPortalFile ?? readFirst(credentialsDir, "gateway", gatewayFile)?.writeKey ?? null;
}

/**
 * The account that admins look at Helicone's pages through. `no_account`: there is a key, given by hand, and nobody signs in with a
 * key; `not_set_up`: there is nothing yet.
 */
export function readDashboardAccount(sources: CredentialSources): DashboardAccount | "no_account" | "not_set_up" {
  const found = readPortalCredentials(sources);
  return found === null ? "not_set_up" : (found.account ?? "no_account");
}

/** What the set-up has kept for the portal, whatever the settings say. Null: nothing yet. */
export function readPortalFile(credentialsDir: string): PortalFile | null {
  return readFirst(credentialsDir, "portal", portalFile);
}

/** What the set-up has kept for the gateway, whatever the settings say. Null: nothing yet. */
export function readGatewayFile(credentialsDir: string): GatewayCredentials | null {
  return readFirst(credentialsDir, "gateway", gatewayFile);
}

/**
 * Writes `gateway.json` and `portal.json`, readable by their owner only, each in a folder of its own: one process sees
 * one of them. A file is there whole or not at all.
 */
export async function writeCredentials(
  credentialsDir: string,
  contents: { gateway?: GatewayCredentials; portal?: PortalFile },
): Promise<void> {
  for (const [holder, content] of Object.entries(contents)) {
    const folder = path.join(credentialsDir, holder);
    const file = path.join(folder, `${holder}.json`);
    const draft = `${file}.new`;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(draft, { force: true });
    await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    await chmod(draft, 0o600);
    await rename(draft, file);
    known.delete(file);
  }
}

/** In Compose a process sees its own folder only, elsewhere the one above both. */
function readFirst<T>(credentialsDir: string, holder: "gateway" | "portal", shape: z.ZodType<T>): T | null {
  const name = `${holder}.json`;
  for (const file of [path.join(credentialsDir, name), path.join(credentialsDir, holder, name)]) {
    const parsed = shape.safeParse(readJson(file));
    if (parsed.success) return parsed.data;
  }
  return null;
}

function readJson(file: string): unknown {
  const before = known.get(file);
  const now = performance.now();
  if (before !== undefined && now - before.readAt < KNOWN_MS) return before.value;
  const value = readNow(file);
  known.set(file, { readAt: now, value });
  return value;
}

/** A file that is not there, is being written or cannot be read is as good as none; whoever needs it says so. */
function readNow(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
