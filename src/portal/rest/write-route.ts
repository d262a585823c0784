import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { readBoundedBody } from "#portal/auth/bounded-body.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { measured } from "#portal/rest/measured.ts";
import { callerOf, requireCredential } from "#portal/rest/reader.ts";
import { errorResponse, jsonResponse } from "#portal/rest/responses.ts";

type RouteContext = { params: Promise<{ name?: string }> };
type AgentWriting = { platform: Platform; actor: Actor; agent: AgentRecord; body: unknown };

const BODY_BYTES_MAX = 64 * 1024;

/**
 * A PUT route about the agent `[name]` of its path, with the session cookie of one of the portal's own pages or an API key
 * of scope `limits:write`. `answer` takes the parsed JSON of the request and gives that of the response.
 */
export function writeAgentRoute(path: string, answer: (writing: AgentWriting) => Promise<unknown>) {
  return measured(`PUT ${path}`, async (request: Request, context: RouteContext): Promise<Response> => {
    const platform = getPlatform();
    try {
      requireCredential(request);
      if (!request.headers.has("authorization")) requireOwnOrigin(request.headers, platform.portalUrl);
      const caller = await callerOf(platform, request, ["limits:write"]);
      const { name: agentName = "" } = await context.params;
      const { actor, agent } = await authorize(ROUTE_ACCESS[`PUT ${path}`], {
        platform,
        actor: caller?.actor ?? null,
        agentName,
      });
      if (actor === null || agent === null) throw new DomainError("not_allowed", "This is not open to anybody.");
      const body = toJson(await readBoundedBody(request, BODY_BYTES_MAX));
      return jsonResponse(await answer({ platform, actor, agent, body }));
    } catch (error) {
      return errorResponse(error, platform.log);
    }
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError("invalid_input", "This request is not JSON.");
  }
}
