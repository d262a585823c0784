import type { AgentRecord } from "#agents/agents.ts";
import type { Actor } from "#domain/agent.ts";
import { DomainError } from "#domain/errors.ts";
import type { ApiKeyScope } from "#people/api-keys.ts";
import { getPlatform, type Platform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { authorize } from "#portal/api/authorize.ts";
import { measured } from "#portal/rest/measured.ts";
import { readerOf } from "#portal/rest/reader.ts";
import { errorResponse, jsonResponse } from "#portal/rest/responses.ts";

type RouteContext = { params: Promise<{ name?: string }> };
type Reading = { platform: Platform; actor: Actor; request: Request };
type AgentReading = Reading & { agent: AgentRecord };

/** A GET route that is not about one agent. `answer` gives the JSON body. */
export function readRoute(path: string, answer: (reading: Reading) => Promise<unknown>) {
  return measured(
    `GET ${path}`,
    async (request: Request): Promise<Response> =>
      respond(async (platform) => {
        const actor = await readerOf(platform, request, ["costs:read"]);
        await authorize(ROUTE_ACCESS[`GET ${path}`], { platform, actor });
        return answer({ platform, actor: known(actor), request });
      }),
  );
}

/** A GET route about the agent `[name]` of its path. `answer` gives the JSON body; an API key needs one of `scopes`. */
export function readAgentRoute(
  path: string,
  answer: (reading: AgentReading) => Promise<unknown>,
  scopes: readonly ApiKeyScope[] = ["costs:read"],
) {
  return measured(
    `GET ${path}`,
    async (request: Request, context: RouteContext): Promise<Response> =>
      respond(async (platform) => {
        const actor = await readerOf(platform, request, scopes);
        const { name: agentName = "" } = await context.params;
        const { agent } = await authorize(ROUTE_ACCESS[`GET ${path}`], { platform, actor, agentName });
        return answer({ platform, actor: known(actor), agent: known(agent), request });
      }),
  );
}

async function respond(body: (platform: Platform) => Promise<unknown>): Promise<Response> {
  const platform = getPlatform();
  try {
    return jsonResponse(await body(platform));
  } catch (error) {
    return errorResponse(error, platform.log);
  }
}

/** authorize() has let them in; a route whose row asks for less cannot use them. */
function known<T>(value: T | null): T {
  if (value === null) throw new DomainError("not_allowed", "This is not open to anybody.");
  return value;
}
