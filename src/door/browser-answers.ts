import { askWeb, HeliconeUnavailable } from "#door/ask-web.ts";
import { API_PREFIX } from "#door/door-route.ts";
import type { HeliconeSession } from "#door/helicone-session.ts";

/** Where its browser code looks for its API. */
const API_SETTING = "NEXT_PUBLIC_HELICONE_JAWN_SERVICE";
const SETTINGS = /__ENV['"]?\]?\s*=\s*(\{.*\})\s*;?\s*$/s;

/**
 * Helicone's `/__ENV.js` with its API behind the door, at whichever address the browser has the door. Its own has an address
 * that only its container knows.
 * @throws HeliconeUnavailable
 */
export async function environmentScript(webUrl: string): Promise<string> {
  const { status, text } = await askWeb({ method: "GET", url: `${webUrl}/__ENV.js` });
  if (status !== 200) throw new HeliconeUnavailable("unusable");
  const settings = { ...readSettings(text), NEXT_PUBLIC_IS_ON_PREM: "true" };
  const json = JSON.stringify(settings).replace(/[<\u2028\u2029]/g, escapeUnit);
  return `window.__ENV = ${json};\nwindow.__ENV.${API_SETTING} = window.location.origin + ${JSON.stringify(API_PREFIX)};\n`;
}

/** What can be read of the settings: texts under public names. */
function readSettings(script: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(SETTINGS.exec(script)?.[1] ?? "{}");
    const entries = Object.entries(Object(parsed)).filter(
      (entry): entry is [string, string] => entry[0].startsWith("NEXT_PUBLIC_") && typeof entry[1] === "string",
    );
    return Object.fromEntries(entries);
  } catch {
    return {}; // the few that matter are added anyway
  }
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * What Helicone's browser code is told about its session: who it is, without the token. Where the session has ended, the door
 * signs in again and asks once more.
 * @throws HeliconeUnavailable
 */
export async function sessionAnswer(webUrl: string, session: HeliconeSession): Promise<string> {
  const first = await session.current();
  const answer = await askSession(webUrl, first.identity.sessionCookie);
  if (answer !== null) return withoutToken(answer);
  session.drop(first);
  const second = await session.current();
  const again = await askSession(webUrl, second.identity.sessionCookie);
  if (again !== null) return withoutToken(again);
  session.drop(second);
  throw new HeliconeUnavailable("sign_in_refused");
}

async function askSession(webUrl: string, cookie: string): Promise<object | null> {
  const { status, text } = await askWeb({ method: "GET", url: `${webUrl}/api/auth/get-session`, headers: { cookie } });
  if (status === 401) return null;
  if (status !== 200) throw new HeliconeUnavailable("unusable");
  try {
    const parsed: unknown = JSON.parse(text === "" ? "null" : text);
    return typeof parsed === "object" ? parsed : null;
  } catch {
    throw new HeliconeUnavailable("unusable");
  }
}

/** Its pages send the token along and its API does not look at it; so it may be any text, but it has to be one. */
function withoutToken(answer: object): string {
  const { session, ...rest } = { session: null, ...answer };
  return JSON.stringify({ ...rest, session: { ...Object(session), token: "kept-by-the-door" } });
}
