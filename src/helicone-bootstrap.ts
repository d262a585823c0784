import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { ConfigError, readConfig } from "#config.ts";
import { DomainError } from "#domain/errors.ts";
import { bootstrapHelicone } from "#helicone/bootstrap.ts";

const USAGE = "usage: helicone-bootstrap [--email ADDRESS --password-file FILE] [--wait SECONDS]";
const WAIT_SECONDS = "600";

/** Sets Helicone up for gateway and portal, and ends. Can be repeated; ends with 1 and a line where it could not. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      email: { type: "string" },
      "password-file": { type: "string" },
      wait: { type: "string", default: WAIT_SECONDS },
    },
  });
  const { helicone } = readConfig();
  const waitMs = Number(values.wait) * 1_000;
  if (!Number.isFinite(waitMs)) throw new DomainError("invalid_input", USAGE);
  if (helicone === null) return say("Helicone is turned off: there is nothing to set up.");
  if (helicone.apiKey !== undefined && helicone.writeKey !== undefined && values.email === undefined) {
    return say("Helicone's keys are in the settings: there is nothing to set up.");
  }
  const login = await readLogin(values.email, values["password-file"]);
  const { url, webUrl, credentialsDir } = helicone;
  const { made, email } = await bootstrapHelicone({ url, webUrl, credentialsDir, login, waitMs, say });
  say(made.length === 0 ? `Helicone is set up, with the account ${email}.` : `Made in Helicone: ${made.join(", ")}.`);
}

async function readLogin(email: string | undefined, passwordFile: string | undefined) {
  if (email === undefined && passwordFile === undefined) return undefined;
  if (email === undefined || passwordFile === undefined) throw new DomainError("invalid_input", USAGE);
  return { email, password: (await readFile(passwordFile, "utf8")).trimEnd() };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  const isForPeople = error instanceof ConfigError || error instanceof DomainError;
  process.stderr.write(`${isForPeople ? error.message : describe(error)}\n`);
  process.exitCode = 1;
});
