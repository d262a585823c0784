import { randomInt } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

import { createVirtualKey } from "#agents/agent-token.ts";
import { DEMO_ADMIN, DEMO_AGENTS, DEMO_OWNERS } from "#demo/demo-cast.ts";
import { DomainError } from "#domain/errors.ts";
import { createSecretToken } from "#secret-token.ts";

/** What the demo has to know beyond one run: how people sign in, and the keys its agents call with. */
export type DemoSecrets = z.infer<typeof demoSecrets>;

const demoSecrets = z.object({
  passwords: z.array(z.object({ email: z.string(), password: z.string() })),
  apiKey: z.string(),
  agentKeys: z.array(z.object({ agentName: z.string(), virtualKey: z.string() })),
});

const FILE = "demo-secrets.json";
/** Without the letters and digits that are taken for one another. */
const LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const LETTERS_PER_GROUP = 4;

/** Makes up new secrets and keeps them in the data folder, readable by this user only. */
export async function createDemoSecrets(dataDir: string): Promise<DemoSecrets> {
  const secrets: DemoSecrets = {
    passwords: [DEMO_ADMIN, ...DEMO_OWNERS].map(({ email }) => ({ email, password: makePassword() })),
    apiKey: createSecretToken("tok_").secret,
    agentKeys: DEMO_AGENTS.map(({ name }) => ({ agentName: name, virtualKey: createVirtualKey().key })),
  };
  const file = path.join(dataDir, FILE);
  // Written beside it and moved, so that there is never half a file.
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secrets;
}

/**
 * The secrets of the demo that was started in this folder before.
 * @throws DomainError `unavailable` when they are not there or cannot be read: they cannot be made up again
 */
export async function readDemoSecrets(dataDir: string): Promise<DemoSecrets> {
  const file = path.join(dataDir, FILE);
  try {
    return demoSecrets.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    throw new DomainError(
      "unavailable",
      `${file} is missing or not readable, and with it the demo's passwords. Remove ${dataDir} to begin a new demo.`,
    );
  }
}

/** About 79 bits, in groups that can be typed from the terminal. */
function makePassword(): string {
  const group = () => Array.from({ length: LETTERS_PER_GROUP }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}
