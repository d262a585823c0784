import type { AuthOptions, Session } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";

import { type SignInFailure, toSignInFailureCode } from "#domain/sign-in-failure.ts";
import type { Platform } from "#platform.ts";
import { clientAddress } from "#portal/auth/client-address.ts";
import { isSecure, SESSION_SECONDS, type SessionToken, sessionCookieName, sessionOf } from "#portal/auth/session.ts";

type CookieSetting = NonNullable<AuthOptions["cookies"]>["sessionToken"];

/** A person as NextAuth hands them from signing in to the session cookie. */
type SignedIn = { id: string; sessionVersion: number };

/**
 * NextAuth with e-mail and password. The cookie holds who and which session version, encrypted; what the
 * person may do is looked up each time. A refused sign-in reaches the form as a code of `domain/sign-in-failure.ts`.
 */
export function createAuthOptions(platform: Platform): AuthOptions {
  return {
    secret: platform.sessionSecret,
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    pages: { signIn: "/login", error: "/login" },
    providers: [credentialsProvider(platform)],
    useSecureCookies: isSecure(platform.portalUrl),
    cookies: { sessionToken: sessionCookie(platform.portalUrl, platform.sessionCookieDomain) },
    callbacks: {
      jwt: ({ token, user }) => (user === undefined ? token : toToken(user)),
      session: async ({ session, token }) => {
        const current = await sessionOf(platform, token);
        if (current === null) return NO_SESSION;
        const { name, role } = current.actor;
        return { expires: session.expires, user: { name, role } };
      },
    },
    logger: {
      error: (code, metadata) => platform.log.error({ code, reason: reasonOf(metadata) }, "signing in failed"),
      warn: (code) => platform.log.warn({ code }, "the sign-in library warns"),
      debug: () => undefined,
    },
  };
}

/** NextAuth takes an empty answer for "nobody is signed in"; its type does not know that. */
const NO_SESSION = {} as Session;

function credentialsProvider(platform: Platform) {
  return CredentialsProvider({
    name: "E-mail and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    authorize: async (credentials, request) => {
      const { email = "", password = "" } = credentials ?? {};
      const address = clientAddress(headerText(request.headers?.["x-forwarded-for"]));
      return signIn(platform, { email: String(email), password: String(password), address });
    },
  });
}

async function signIn(platform: Platform, input: { email: string; password: string; address: string }) {
  const result = await platform.accounts.signIn(input).catch((error: unknown) => {
    platform.log.error({ err: error }, "could not check a sign-in");
    return { outcome: "refused", failure: { reason: "unavailable" } } as const;
  });
  if (result.outcome === "refused") {
    platform.metrics.figures.signInFailed(result.failure.reason);
    throw new SignInRefused(result.failure);
  }
  const { id, sessionVersion } = result.account;
  return { id, sessionVersion } satisfies SignedIn;
}

/** NextAuth passes the message of what `authorize` throws to the sign-in form, as its error code. */
class SignInRefused extends Error {
  constructor(failure: SignInFailure) {
    super(toSignInFailureCode(failure));
    this.name = "SignInRefused";
  }
}

function toToken(user: { id: string; sessionVersion?: unknown }): SessionToken {
  return { sub: user.id, sessionVersion: user.sessionVersion };
}

/** `domain`: where Helicone's door has another host name than the portal, the one that both are in. */
function sessionCookie(portalUrl: string, domain: string | undefined): CookieSetting {
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(portalUrl), domain } as const;
  return { name: sessionCookieName(portalUrl), options };
}

function headerText(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** The words of an error and nothing beside them: what NextAuth attaches can hold what was typed. */
function reasonOf(metadata: unknown): string {
  const error = typeof metadata === "object" && metadata !== null && "error" in metadata ? metadata.error : metadata;
  return error instanceof Error ? error.message : "unknown";
}
