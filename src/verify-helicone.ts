import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { DomainError } from "#domain/errors.ts";
import { bootstrapHelicone } from "#helicone/bootstrap.ts";
import { readGatewayFile, readPortalFile } from "#helicone/credentials.ts";
import type { HeliconeAddresses, HeliconeLogin } from "#helicone/helicone-account.ts";
import type { Examined } from "#helicone/verify-check.ts";
import { verifyContract } from "#helicone/verify-contract.ts";

const USAGE = `usage: npm run verify:helicone -- --url URL, and one of
  --key KEY                   one that reads and writes
  --email ADDRESS --password-file FILE   an account, made where there is none, with keys of its own
  --credentials-dir FOLDER    where a set-up has kept account and keys
besides
  [--web-url URL]             its pages; default: port 3000 beside --url
  [--write-key KEY]           a write-only key, whose limits are looked at too
  [--anthropic-key-file FILE] for one real message through the proxy; without, Anthropic's refusal is looked for
  [--no-proxy]                leaves the proxy out: it needs a way out to Anthropic`;
const WEB_PORT = 3000;
const SET_UP_MS_MAX = 120_000;

const OPTIONS = {
  url: { type: "string" },
  "web-url": { type: "string" },
  key: { type: "string" },
  "write-key": { type: "string" },
  email: { type: "string" },
  "password-file": { type: "string" },
  "credentials-dir": { type: "string" },
  "anthropic-key-file": { type: "string" },
  "no-proxy": { type: "boolean", default: false },
} as const;

/** Asks a live Helicone for everything that the product asks of it, prints what holds, and ends with 1 if something does not. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.url === undefined || !URL.canParse(values.url)) throw new DomainError("invalid_input", USAGE);
  const url = values.url.replace(/\/+$/, "");
  const webUrl = (values["web-url"] ?? besideAt(url, WEB_PORT)).replace(/\/+$/, "");
  const login = await readLogin(values.email, values["password-file"]);
  const anthropicKey = await readSecret(values["anthropic-key-file"]);
  const given = values.key === undefined ? null : givenKeys(values.key, values["write-key"] ?? null);
  const { keys, login: account } = await findKeys({ url, webUrl, login, given, folder: values["credentials-dir"] });
  const hasProxy = !values["no-proxy"];
  const failed = await verifyContract({ url, webUrl, keys, login: account, anthropicKey, hasProxy, say });
  say(failed === 0 ? "All of it holds." : `${failed} of it ${failed === 1 ? "does" : "do"} not hold.`);
  process.exitCode = failed === 0 ? 0 : 1;
}

type Keys = Examined["keys"];
type Sources = HeliconeAddresses & { login: HeliconeLogin | null; given: Keys | null; folder: string | undefined };

async function findKeys({ url, webUrl, login, given, folder }: Sources): Promise<Pick<Examined, "keys" | "login">> {
  if (given !== null) return { keys: given, login };
  if (login !== null) return { keys: await setUp({ url, webUrl, login }), login };
  const kept = readKept(folder);
  if (kept === null) throw new DomainError("invalid_input", USAGE);
  return kept;
}

/** A key that reads and writes may log as well. */
function givenKeys(key: string, writeKey: string | null): Keys {
  return { apiKey: key, logKey: key, writeKey };
}

/** The set-up is part of what is looked at; what it makes is Helicone's, and kept nowhere else. */
async function setUp({ url, webUrl, login }: HeliconeAddresses & { login: HeliconeLogin }): Promise<Keys> {
  const credentialsDir = await mkdtemp(path.join(os.tmpdir(), "verify-helicone-"));
  try {
    const { made } = await bootstrapHelicone({ url, webUrl, credentialsDir, login, waitMs: SET_UP_MS_MAX, say });
    say(`holds    Helicone is set up without a click (made ${made.join(", ")})`);
    const kept = readKept(credentialsDir);
    if (kept === null) throw new Error("The set-up has kept no keys.");
    return kept.keys;
  } finally {
    await rm(credentialsDir, { recursive: true, force: true });
  }
}

/** What a set-up has kept; the portal sees its own half only, in which there is no write-only key. */
function readKept(folder: string | undefined): { keys: Keys; login: HeliconeLogin } | null {
  const portal = folder === undefined ? null : readPortalFile(folder);
  if (folder === undefined || portal === null) return null;
  const { apiKey, email, password } = portal;
  const gateway = readGatewayFile(folder) ?? { logKey: apiKey, writeKey: null };
  return { keys: { apiKey, ...gateway }, login: { email, password } };
}

function besideAt(url: string, port: number): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${hostname}:${port}`;
}

async function readLogin(email: string | undefined, passwordFile: string | undefined): Promise<HeliconeLogin | null> {
  const password = await readSecret(passwordFile);
  if (email === undefined && password === null) return null;
  if (email === undefined || password === null) throw new DomainError("invalid_input", USAGE);
  return { email, password };
}

async function readSecret(file: string | undefined): Promise<string | null> {
  return file === undefined ? null : (await readFile(file, "utf8")).trim();
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
