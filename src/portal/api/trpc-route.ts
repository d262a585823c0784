import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import { getPlatform } from "#platform.ts";
import { createContext } from "#portal/api/context.ts";
import { FAULT_TEXT, refusalOf } from "#portal/api/errors.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { errorResponse } from "#portal/rest/responses.ts";

const ENDPOINT = "/api/trpc";
const BODY_BYTES_MAX = 256 * 1024;
const BATCH_SIZE_MAX = 30;

/** Queries and subscriptions. tRPC takes no mutation over GET. */
export function answerTrpcGet(request: Request): Promise<Response> {
  return callProcedures(request);
}

/** Mutations: from the portal's own pages only. */
export async function answerTrpcPost(request: Request): Promise<Response> {
  const { portalUrl, log } = getPlatform();
  try {
    requireOwnOrigin(request.headers, portalUrl);
    const body = await readBoundedBody(request, BODY_BYTES_MAX);
    return await callProcedures(new Request(request.url, { method: "POST", headers: request.headers, body }));
  } catch (error) {
    return errorResponse(error, log);
  }
}

function callProcedures(req: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: ENDPOINT,
    req,
    router: appRouter,
    maxBatchSize: BATCH_SIZE_MAX,
    createContext: () => createContext(req),
    responseMeta: () => ({ headers: new Headers({ "cache-control": "no-store" }) }),
    onError({ error, path }) {
      if (refusalOf(error.cause) !== null || error.code !== "INTERNAL_SERVER_ERROR") return;
      getPlatform().log.error({ err: error.cause ?? error, path }, FAULT_TEXT);
    },
  });
}
