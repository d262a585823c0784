import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

/** Which folder, each a volume that one container sees, holds which secret: only who needs it. */
const HOLDERS = {
  "nextauth-secret": ["portal"],
  "gateway-internal-token": ["gateway", "portal"],
  "database-password": ["postgres"],
  "database-url": ["gateway", "portal"],
  "helicone-auth-secret": ["helicone"],
} as const;

type SecretName = keyof typeof HOLDERS;

/** Only one container has the folder, and its programs run as users of their own. */
const READABLE_BY_ALL = 0o444;

/**
 * Makes up what is missing of a deployment's secrets and keeps what is there: repeating it changes nothing. 256 bits each.
 * @param folder has a folder each for `gateway`, `portal`, `postgres` and `helicone`
 * @returns the names of those that were made now
 */
export async function keepDeploymentSecrets(folder: string): Promise<string[]> {
  const password = await kept(folder, "database-password", randomSecret);
  const made = [
    password,
    await kept(folder, "nextauth-secret", randomSecret),
    await kept(folder, "gateway-internal-token", randomSecret),
    await kept(folder, "helicone-auth-secret", randomSecret),
    await kept(folder, "database-url", () => `postgresql://trinity:${password.value}@postgres:5432/trinity`),
  ];
  return made.filter(({ isNew }) => isNew).map(({ name }) => name);
}

type Kept = { name: SecretName; value: string; isNew: boolean };

/** Of a secret with several holders, one that has it tells the others. */
async function kept(folder: string, name: SecretName, make: () => string): Promise<Kept> {
  const files = HOLDERS[name].map((holder) => path.join(folder, holder, name));
  const found = await Promise.all(files.map(readSecret));
  const known = found.find((value) => value !== "");
  const value = known ?? make();
  for (const [index, file] of files.entries()) if (found[index] !== value) await writeSecret(file, value);
  return { name, value, isNew: known === undefined };
}

async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error; // a secret that cannot be read must not be replaced
  }
}

/** Whole or not at all. */
async function writeSecret(file: string, value: string): Promise<void> {
  const draft = `${file}.new`;
  await mkdir(path.dirname(file), { recursive: true });
  await rm(draft, { force: true });
  await writeFile(draft, value, { mode: READABLE_BY_ALL });
  await rename(draft, file);
}

function randomSecret(): string {
  return randomBytes(32).toString("hex");
}
