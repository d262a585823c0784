import { NextRequest } from "next/server";
import NextAuth from "next-auth";

import { getPlatform } from "#platform.ts";
import { createAuthOptions } from "#portal/auth/auth-options.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { errorResponse } from "#portal/rest/responses.ts";

const BODY_BYTES_MAX = 16 * 1024;

type NextAuthContext = { params: Promise<{ nextauth: string[] }> };

/** NextAuth's reading endpoints: the session, the CSRF token, the redirect to the sign-in page. */
export function answerAuthGet(request: NextRequest, context: NextAuthContext): Promise<Response> {
  return callNextAuth(request, context);
}

/** Signing in and out: from the portal's own pages only. */
export async function answerAuthPost(request: NextRequest, context: NextAuthContext): Promise<Response> {
  const platform = getPlatform();
  try {
    requireOwnOrigin(request.headers, platform.portalUrl);
    const body = await readBoundedBody(request, BODY_BYTES_MAX);
    return await callNextAuth(
      new NextRequest(request.url, { method: "POST", headers: request.headers, body }),
      context,
    );
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

async function callNextAuth(request: NextRequest, context: NextAuthContext): Promise<Response> {
  // With these three arguments NextAuth answers a route handler; its type only says "any".
  const answer: unknown = await NextAuth(
    ...([request, context, createAuthOptions(getPlatform())] as unknown as Parameters<typeof NextAuth>),
  );
  if (!(answer instanceof Response)) throw new Error("NextAuth gave no response");
  return answer;
}
