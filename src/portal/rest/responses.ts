import type { Log } from "#log.ts";
import { faultText, refusalOf } from "#portal/api/errors.ts";
import { BodyTooLargeError } from "#portal/auth/bounded-body.ts";
import { currentRequestId } from "#request-id.ts";

const NO_STORE = { "cache-control": "no-store" };

/** A JSON answer that nobody keeps: it holds what one person may see. */
export function jsonResponse(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: NO_STORE });
}

/**
 * The answer for what went wrong, as `{"error":{"code","message"}}`. Refusals say why; faults of ours are
 * logged and say only that there was one.
 */
export function errorResponse(error: unknown, log: Log): Response {
  const refusal = refusalOf(error);
  if (refusal !== null) {
    const response = refusalResponse(refusal.status, refusal.code, refusal.message);
    return error instanceof BodyTooLargeError ? closing(response) : response;
  }
  log.error({ err: error }, "a request could not be answered");
  const fault = { code: "internal_error", message: faultText(), request_id: currentRequestId() };
  return jsonResponse({ error: fault }, 500);
}

/** Tells the caller, whose request was not read to its end, that the connection ends with this answer. */
export function closing(response: Response): Response {
  response.headers.set("connection", "close");
  return response;
}

/** An error answer in the documented shape. */
export function refusalResponse(status: number, code: string, message: string): Response {
  return jsonResponse({ error: { code, message } }, status);
}

/** For methods that a route does not have. */
export function methodNotAllowed(allowed: string): () => Response {
  return () => {
    const response = refusalResponse(405, "method_not_allowed", `This address answers ${allowed} only.`);
    response.headers.set("allow", allowed);
    return response;
  };
}

/** For addresses under /api that there are none of. */
export function noSuchAddress(): Response {
  return refusalResponse(404, "not_found", "There is nothing at this address.");
}
