import { type NextRequest, NextResponse } from "next/server";

import { getPlatform } from "#platform.ts";
import { contentSecurityPolicy } from "#portal/auth/content-security-policy.ts";

const UNREADABLE = "There is no such address: it holds characters that cannot be read.";
const REFUSED = {
  status: 400,
  headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
};

/**
 * Gives each page a policy of its own: only the scripts that the portal itself puts there may run. What cannot be read as
 * an address is answered here.
 */
export function proxy(request: NextRequest): NextResponse {
  const isApi = request.nextUrl.pathname.startsWith("/api/");
  if (!isReadable(request.url)) return isApi ? unreadableCall() : new NextResponse(UNREADABLE, REFUSED);
  if (isApi) return NextResponse.next();
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, getPlatform().dashboardUrl);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy); // where Next looks for the nonce
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

function unreadableCall(): NextResponse {
  const error = { code: "invalid_input", message: UNREADABLE };
  return NextResponse.json({ error }, { status: 400, headers: { "cache-control": "no-store" } });
}

/** Next takes half a character in an address for a fault of its own, and answers 500 without a word. */
function isReadable(address: string): boolean {
  try {
    decodeURIComponent(new URL(address).pathname);
    return true;
  } catch {
    return false;
  }
}

/** Pages, and calls with something encoded in their address; the policy of the rest is that of next.config.ts. */
export const config = { matcher: ["/((?!api/|_next/).*)", "/api/(.*%.*)"] };
