import { type NextRequest, NextResponse } from "next/server";

import { contentSecurityPolicy } from "#portal/auth/content-security-policy.ts";

/** Gives each page a policy of its own: only the scripts that the portal itself puts there may run. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy); // where Next looks for the nonce
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Pages; what lies under /api and /_next gets the policy of next.config.ts. */
export const config = { matcher: ["/((?!api/|_next/).*)"] };
