import { toObject } from "../anthropic/json.ts";
import type { ApiKey } from "./accounts.ts";
import { readPinnedUsage } from "./pinned-prices.ts";
import type { StandInState } from "./stand-in-state.ts";

export type FinishedCall = {
  requestId: string;
  provider: string;
  /** Helicone's own headers, by lower-case name. */
  headers: Record<string, string>;
  requestBody: string;
  requestJson: unknown;
  responseBody: string;
  status: number;
  startedAt: number;
  endedAt: number;
  timeToFirstTokenMs: number | null;
  targetUrl: string;
};

/** Writes a finished call's row and bodies, unless one of the stores is down: then it is lost, as in the real one. */
export function logCall(state: StandInState, key: ApiKey, call: FinishedCall): void {
  const { faults, rows, objects } = state;
  if (faults.clickhouseDown || faults.postgresDown || faults.objectsLost) return;
  const path = `/request-response-storage/organizations/${key.organizationId}/requests/${call.requestId}/request_response_body`;
  objects.set(path, JSON.stringify({ request: call.requestBody, response: call.responseBody }));
  const requestModel = String(toObject(call.requestJson).model ?? "");
  const isCounted = call.status === 200 || call.status === -3;
  const usage = readPinnedUsage({
    body: isCounted ? call.responseBody : "{}",
    requestModel: call.headers["helicone-model-override"] ?? requestModel,
    provider: call.provider,
  });
  rows.add({
    ...usage,
    requestId: call.requestId,
    organizationId: key.organizationId,
    requestCreatedAt: new Date(call.startedAt).toISOString(),
    responseCreatedAt: new Date(call.endedAt).toISOString(),
    status: call.status,
    provider: call.provider,
    userId: call.headers["helicone-user-id"] ?? "",
    properties: propertiesOf(call.headers),
    latencyMs: call.endedAt - call.startedAt,
    timeToFirstTokenMs: call.timeToFirstTokenMs,
    targetUrl: call.targetUrl,
    objectPath: path,
    queryableAt: Date.now() + faults.indexDelayMs,
  });
}

const SESSION_HEADERS = ["Helicone-Session-Id", "Helicone-Session-Path", "Helicone-Session-Name"];

/** Keys of properties are lower-case, those of sessions keep their case. */
function propertiesOf(headers: Record<string, string>): Record<string, string> {
  const prefix = "helicone-property-";
  const properties = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  const sessions = SESSION_HEADERS.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries([...properties.map(([name, value]) => [name.slice(prefix.length), value]), ...sessions]);
}
