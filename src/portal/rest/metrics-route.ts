import { getPlatform } from "#platform.ts";
import { noSuchAddress, refusalResponse } from "#portal/rest/responses.ts";

/** `GET /api/metrics`: the portal's figures for Prometheus, which sends METRICS_TOKEN. Without that setting there is nothing here. */
export async function scrapeMetrics(request: Request): Promise<Response> {
  const { scrape } = getPlatform().metrics;
  if (scrape === null) return noSuchAddress();
  if (!scrape.isAllowed(request.headers.get("authorization"))) {
    return refusalResponse(401, "not_signed_in", "Send METRICS_TOKEN as `Authorization: Bearer …`.");
  }
  return new Response(await scrape.text(), {
    headers: { "content-type": scrape.contentType, "cache-control": "no-store" },
  });
}
