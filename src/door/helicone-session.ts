import { askWeb, HeliconeUnavailable } from "#door/ask-web.ts";
import type { HeliconeIdentity } from "#door/upstream-headers.ts";
import type { DashboardAccount } from "#helicone/credentials.ts";

/** The account in Helicone that all admins look through. */
export type ServiceAccount = DashboardAccount;

export type HeliconeSessionParts = {
  webUrl: string;
  /** A word says why there is none. */
  readAccount: () => ServiceAccount | "no_account" | "not_set_up";
  now?: () => number;
};

/** A session, and since when. */
export type KeptSession = { identity: HeliconeIdentity; sinceMs: number };

export type HeliconeSession = {
  /**
   * The session of the service account, signing in where there is none that holds. One sign-in at a time, for all who wait.
   * @throws HeliconeUnavailable
   */
  current(): Promise<KeptSession>;
  /** An answer looked as if this session did not hold: it is checked before it is used again. */
  doubt(session: KeptSession): void;
  /** This session does not hold: whoever comes next signs in. */
  drop(session: KeptSession): void;
};

/** Helicone refuses the fourth sign-in within ten seconds. */
const SIGN_INS_MAX = 3;
const SIGN_INS_WINDOW_MS = 10_000;
/** Some of its answers are 401 whoever asks, so not every doubt is worth a question. */
const CHECK_EVERY_MS = 5_000;
/** Renewed well before it ends. */
const USED_PART = 0.5;
const SESSION_COOKIE = /^((?:__Secure-)?better-auth\.session_token=[^;]+)(?:;.*?\bmax-age=(\d+))?/i;
const LIFE_SECONDS_UNKNOWN = 3_600;

type Kept = KeptSession & { renewAtMs: number; checkedAtMs: number; isDoubted: boolean };

/** Keeps the door signed in to Helicone. The session never leaves this process but towards Helicone. */
export function createHeliconeSession({ webUrl, readAccount, now = Date.now }: HeliconeSessionParts): HeliconeSession {
  let kept: Kept | null = null;
  let finding: Promise<Kept> | null = null;
  let signIns: number[] = [];

  async function find(): Promise<Kept> {
    if (kept?.isDoubted) await checkKept(kept);
    kept ??= await signIn();
    return kept;
  }

  async function checkKept(doubted: Kept): Promise<void> {
    doubted.checkedAtMs = now();
    doubted.isDoubted = false;
    if (!(await isSignedIn(webUrl, doubted.identity.sessionCookie)) && kept === doubted) kept = null;
  }

  async function signIn(): Promise<Kept> {
    const account = readAccount();
    if (typeof account === "string") throw new HeliconeUnavailable(account);
    const startedAt = now();
    signIns = signIns.filter((at) => at > startedAt - SIGN_INS_WINDOW_MS);
    if (signIns.length >= SIGN_INS_MAX) throw new HeliconeUnavailable("signs_in_too_often");
    signIns.push(startedAt);
    const { cookie, lifeSeconds } = await requestSession(webUrl, account);
    const identity = { sessionCookie: cookie, organisationId: account.organisationId };
    const renewAtMs = startedAt + lifeSeconds * USED_PART * 1_000;
    return { identity, sinceMs: now(), renewAtMs, checkedAtMs: startedAt, isDoubted: false };
  }

  return {
    async current() {
      if (kept !== null && now() >= kept.renewAtMs) kept = null;
      if (kept !== null && !kept.isDoubted) return kept;
      finding ??= find().finally(() => {
        finding = null;
      });
      return finding;
    },
    doubt(session) {
      if (kept === session && now() - kept.checkedAtMs >= CHECK_EVERY_MS) kept.isDoubted = true;
    },
    drop(session) {
      if (kept === session) kept = null;
    },
  };
}

async function requestSession(webUrl: string, { email, password }: ServiceAccount) {
  const { status, setCookies } = await askWeb({
    method: "POST",
    url: `${webUrl}/api/auth/sign-in/email`,
    body: { email, password },
  });
  if (status === 401) throw new HeliconeUnavailable("sign_in_refused");
  if (status === 429) throw new HeliconeUnavailable("signs_in_too_often");
  const [, cookie, maxAge] = setCookies.map((line) => SESSION_COOKIE.exec(line)).find((match) => match !== null) ?? [];
  if (status !== 200 || cookie === undefined) throw new HeliconeUnavailable("unusable");
  return { cookie, lifeSeconds: maxAge === undefined ? LIFE_SECONDS_UNKNOWN : Number(maxAge) };
}

/** Only Helicone's own word ends a session: while it cannot be asked, the session is kept. */
async function isSignedIn(webUrl: string, cookie: string): Promise<boolean> {
  try {
    const { status, text } = await askWeb({
      method: "GET",
      url: `${webUrl}/api/auth/get-session`,
      headers: { cookie },
    });
    return status !== 401 && !(status === 200 && (text.trim() === "null" || text.trim() === ""));
  } catch {
    return true;
  }
}
