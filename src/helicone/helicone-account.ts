import { createHash, randomInt } from "node:crypto";

import { z } from "zod";

import { DomainError } from "#domain/errors.ts";
import { type AskedAnswer, askHelicone } from "#helicone/ask-helicone.ts";
import { readAnswer, unavailable } from "#helicone/helicone-answer.ts";

export type HeliconeAddresses = { url: string; webUrl: string };
export type HeliconeLogin = { email: string; password: string };
export type KeyPermissions = "w" | "rw";

const TIMEOUT_MS = 15_000;
const SESSION_COOKIE = /(?:^|-)better-auth\.session_token$/;

const organizationShape = z.object({ id: z.string(), is_main_org: z.boolean().nullish() });
const keyShape = z.object({ api_key_hash: z.string() });

/**
 * Signs in and gives the session's cookie as `name=value`; null: there is no such account, or it has another password. Sends no
 * cookie, since Helicone would then look at the origin.
 * @throws DomainError "unavailable" when it could not be asked
 */
export async function signIn({ webUrl }: HeliconeAddresses, login: HeliconeLogin): Promise<string | null> {
  const answer = await postToWeb(webUrl, "sign-in", login);
  if (answer.status === 401) return null;
  if (answer.status !== 200) throw unavailable(refusalOf("sign-in", answer));
  const cookies = answer.setCookies.map((cookie) => cookie.split(";")[0] ?? "");
  const session = cookies.find((cookie) => SESSION_COOKIE.test(cookie.split("=")[0] ?? ""));
  if (session === undefined) throw unavailable("Helicone let us sign in and gave no session.");
  return session;
}

/**
 * Makes an account; false: there is one of that e-mail already.
 * @throws DomainError "unavailable" when it could not be asked
 */
export async function signUp({ webUrl }: HeliconeAddresses, login: HeliconeLogin & { name: string }): Promise<boolean> {
  const { name, email, password } = login;
  const answer = await postToWeb(webUrl, "sign-up", { name, email, password });
  if (answer.status === 422) return false;
  if (answer.status !== 200) throw unavailable(refusalOf("sign-up", answer));
  return true;
}

/**
 * The main organisation of who is signed in: there all keys and requests belong.
 * @throws DomainError "unavailable" when it could not be asked
 */
export async function findMainOrganisation({ url }: HeliconeAddresses, cookie: string): Promise<string> {
  const headers = sessionHeaders(cookie, "none");
  const answer = await askHelicone({ method: "GET", url: `${url}/v1/organization`, headers, timeoutMs: TIMEOUT_MS });
  const parsed = z.array(organizationShape).safeParse(readAnswer(answer));
  const main = parsed.data?.find((one) => one.is_main_org === true);
  if (main === undefined) throw unavailable("Helicone has no main organisation for this account.");
  return main.id;
}

/** A session that acts for an organisation. */
export type OrganisationSession = { url: string; cookie: string; organisationId: string };

/**
 * Which of these keys the organisation has. Helicone keeps the hash of a key, not the key.
 * @throws DomainError "unavailable" when it could not be asked
 */
export async function findKnownKeys(
  { url, cookie, organisationId }: OrganisationSession,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const headers = sessionHeaders(cookie, organisationId);
  const answer = await askHelicone({ method: "GET", url: `${url}/v1/api-keys`, headers, timeoutMs: TIMEOUT_MS });
  const parsed = z.array(keyShape).safeParse(readAnswer(answer));
  if (!parsed.success) throw unavailable("Helicone does not say which keys there are.");
  const hashes = new Set(parsed.data.map((key) => key.api_key_hash));
  return new Set(keys.filter((key) => hashes.has(hashOf(key))));
}

/**
 * Makes a key known to the organisation. The key is ours to choose, so that it can be kept before it works.
 * @throws DomainError "unavailable" when it could not be asked
 */
export async function addKey(
  { url, cookie, organisationId }: OrganisationSession,
  key: { value: string; name: string; permissions: KeyPermissions },
): Promise<void> {
  const headers = sessionHeaders(cookie, organisationId);
  const body = { apiKey: key.value, governance: false, keyName: key.name, permissions: key.permissions };
  readAnswer(
    await askHelicone({ method: "POST", url: `${url}/v1/key/generateHash`, headers, body, timeoutMs: TIMEOUT_MS }),
  );
}

const KEY_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new key of the form that Helicone looks up at all: 145 random bits in four groups of seven. */
export function makeHeliconeKey(permissions: KeyPermissions): string {
  const group = () => Array.from({ length: 7 }, () => KEY_CHARACTERS[randomInt(KEY_CHARACTERS.length)]).join("");
  return [permissions === "w" ? "pk-helicone" : "sk-helicone", group(), group(), group(), group()].join("-");
}

function hashOf(key: string): string {
  return createHash("sha256").update(`Bearer ${key}`).digest("hex");
}

function sessionHeaders(cookie: string, orgId: string): Record<string, string> {
  return { cookie, "helicone-authorization": JSON.stringify({ _type: "jwt", token: "", orgId }) };
}

function postToWeb(webUrl: string, what: "sign-in" | "sign-up", body: unknown): Promise<AskedAnswer> {
  return askHelicone({ method: "POST", url: `${webUrl}/api/auth/${what}/email`, body, timeoutMs: TIMEOUT_MS });
}

/** Too short a password and the like are said as they are; everything else may pass. */
function refusalOf(what: string, { status, text, contentType }: AskedAnswer): string {
  if (status === 400 && contentType.includes("json")) {
    const said = z.object({ message: z.string() }).safeParse(JSON.parse(text)).data?.message ?? "";
    throw new DomainError("invalid_input", `Helicone refuses the ${what}: ${said}`);
  }
  return `Helicone answers the ${what} with status ${status}.`;
}
