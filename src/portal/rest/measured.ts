import { getPlatform } from "#platform.ts";
import { inRequest } from "#request-id.ts";

/** A handler of a route, under a request id that its answer and its lines in the log carry, and counted as `row` of the access table. */
export function measured<Rest extends unknown[]>(
  row: string,
  handler: (request: Request, ...rest: Rest) => Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return (request, ...rest) =>
    inRequest(async (requestId) => {
      const startedAtMs = performance.now();
      const response = await handler(request, ...rest);
      getPlatform().metrics.figures.answered(row, resultOf(response.status), performance.now() - startedAtMs);
      response.headers.set("x-request-id", requestId);
      return response;
    });
}

function resultOf(status: number): "ok" | "refused" | "failed" {
  if (status >= 500) return "failed";
  return status >= 400 ? "refused" : "ok";
}
