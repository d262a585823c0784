import { z } from "zod";

import { DomainError } from "#domain/errors.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { emailInput, passwordInput, plainText } from "#portal/api/schemas.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { clientAddress } from "#portal/auth/client-address.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { errorResponse, jsonResponse } from "#portal/rest/responses.ts";

const BODY_BYTES_MAX = 16 * 1024;

const tokenInput = z.object({
  token: z.string({ error: "The link is not complete." }).min(1, "The link is not complete.").max(200),
});
const acceptInput = tokenInput.extend({
  name: plainText({ max: 200 }).optional(),
  email: emailInput.optional(),
  password: passwordInput,
});

/** `POST /api/welcome/check`: what a one-time link is for. Does not use it. */
export function checkWelcome(request: Request): Promise<Response> {
  return answerOwnPage(request, async (platform, body, address) => {
    const { token } = tokenInput.parse(body);
    return platform.welcome.check(token, address);
  });
}

/** `POST /api/welcome`: uses a one-time link. */
export function acceptWelcome(request: Request): Promise<Response> {
  return answerOwnPage(request, async (platform, body, address) => {
    await platform.welcome.accept(acceptInput.parse(body), address);
    return { ok: true };
  });
}

type Answer = (platform: Platform, body: unknown, address: string) => Promise<unknown>;

/** Takes JSON from the portal's own pages only. */
async function answerOwnPage(request: Request, answer: Answer): Promise<Response> {
  const platform = getPlatform();
  try {
    requireOwnOrigin(request.headers, platform.portalUrl);
    const body = toJson(await readBoundedBody(request, BODY_BYTES_MAX));
    return jsonResponse(await answer(platform, body, clientAddress(request.headers.get("x-forwarded-for"))));
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError("invalid_input", "This request is not JSON.");
  }
}
