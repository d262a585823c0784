import { getTRPCErrorFromUnknown } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";

import { CHAT_BODY_BYTES_MAX } from "#domain/chat-limits.ts";
import { getPlatform } from "#platform.ts";
import { createContext, type PortalContext } from "#portal/api/context.ts";
import { refusalOf, toTrpcError } from "#portal/api/errors.ts";
import { appRouter } from "#portal/api/routers/app-router.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { errorResponse } from "#portal/rest/responses.ts";
import { currentRequestId, inRequest } from "#request-id.ts";

const ENDPOINT = "/api/trpc";
const BODY_BYTES_MAX = CHAT_BODY_BYTES_MAX + 64 * 1024;
const BATCH_SIZE_MAX = 30;

/** Queries and subscriptions. tRPC takes no mutation over GET. */
export function answerTrpcGet(request: Request): Promise<Response> {
  return inRequest(() => callProcedures(request, () => createContext(request)));
}

/** Mutations: from the portal's own pages only. */
export function answerTrpcPost(request: Request): Promise<Response> {
  return inRequest(() => answerPost(request));
}

async function answerPost(request: Request): Promise<Response> {
  const { portalUrl, log } = getPlatform();
  try {
    const body = await readBoundedBody(request, BODY_BYTES_MAX);
    const bounded = new Request(request.url, { method: "POST", headers: request.headers, body });
    return await callProcedures(bounded, () => ownPageContext(bounded, portalUrl));
  } catch (error) {
    return errorResponse(error, log);
  }
}

/** Thrown in here, the refusal reaches the page in tRPC's own shape. */
function ownPageContext(request: Request, portalUrl: string): Promise<PortalContext> {
  try {
    requireOwnOrigin(request.headers, portalUrl);
  } catch (error) {
    throw toTrpcError(getTRPCErrorFromUnknown(error));
  }
  return createContext(request);
}

function callProcedures(req: Request, contextOf: () => Promise<PortalContext>): Promise<Response> {
  return fetchRequestHandler({
    endpoint: ENDPOINT,
    req,
    router: appRouter,
    maxBatchSize: BATCH_SIZE_MAX,
    createContext: async () => contextOf(),
    responseMeta: () => ({
      headers: new Headers({ "cache-control": "no-store", "x-request-id": currentRequestId() ?? "" }),
    }),
    onError({ error, path }) {
      if (refusalOf(error.cause) !== null || error.code !== "INTERNAL_SERVER_ERROR") return;
      getPlatform().log.error({ err: error.cause ?? error, path }, "a procedure could not be answered");
    },
  });
}
