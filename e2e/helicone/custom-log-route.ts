import { randomUUID } from "node:crypto";

import { toObject } from "../anthropic/json.ts";
import { type Exchange, type Sent, sendApi } from "./exchange.ts";
import { logCall } from "./log-row.ts";
import { keyForLogging, type StandInState } from "./stand-in-state.ts";

/** The log API: who may read is asked for by the router; what the call's own headers and `meta` say becomes the row. */
export function answerCustomLog(state: StandInState, exchange: Exchange): Sent {
  if (state.settings.hasRegion === false) {
    return sendApi(exchange, 500, { message: "Internal Server Error", details: "Region is missing" });
  }
  const { json, headers } = exchange;
  const key = keyForLogging(state, headers.authorization);
  const [request, response] = [toObject(toObject(json).providerRequest), toObject(toObject(json).providerResponse)];
  const meta = Object.entries(toObject(request.meta)).map(([name, value]) => [name.toLowerCase(), String(value)]);
  const timing = toObject(toObject(json).timing);
  const sent: Record<string, string> = { ...Object.fromEntries(meta), ...headers };
  if (key !== undefined) {
    logCall(state, key, {
      requestId: sent["helicone-request-id"] ?? randomUUID(),
      provider: String(toObject(json).provider ?? "OPENAI"),
      headers: sent,
      requestBody: JSON.stringify(request.json),
      requestJson: request.json,
      responseBody: typeof response.textBody === "string" ? response.textBody : JSON.stringify(response.json),
      status: Number(response.status),
      startedAt: instantOf(timing.startTime),
      endedAt: instantOf(timing.endTime),
      timeToFirstTokenMs: typeof timing.timeToFirstToken === "number" ? timing.timeToFirstToken : null,
      targetUrl: "",
    });
  }
  return sendApi(exchange, 200, undefined);
}

function instantOf(time: unknown): number {
  if (time === undefined) return Date.now();
  if (typeof time === "string") return Date.parse(time);
  const { seconds, milliseconds } = toObject(time);
  return Number(seconds) * 1_000 + Number(milliseconds);
}
