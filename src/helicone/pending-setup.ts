import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

const shape = z.object({
  email: z.string(),
  password: z.string(),
  writeKey: z.string(),
  logKey: z.string(),
  apiKey: z.string(),
});

/** What a set-up is about to make in Helicone. */
export type PendingSetup = z.infer<typeof shape>;

/** Keeps it until the set-up is over: who is interrupted goes on with the same account and keys. */
export async function keepPendingSetup(credentialsDir: string, setup: PendingSetup): Promise<void> {
  const file = fileIn(credentialsDir);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, JSON.stringify(setup), { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** What an interrupted set-up left, or null. */
export function readPendingSetup(credentialsDir: string): PendingSetup | null {
  try {
    return shape.safeParse(JSON.parse(readFileSync(fileIn(credentialsDir), "utf8"))).data ?? null;
  } catch {
    return null; // there was none
  }
}

/** The set-up is over. */
export async function removePendingSetup(credentialsDir: string): Promise<void> {
  await rm(fileIn(credentialsDir), { force: true });
}

/** In the portal's folder, which the gateway does not see. */
function fileIn(credentialsDir: string): string {
  return path.join(credentialsDir, "portal", "pending.json");
}
