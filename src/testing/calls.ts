import pino from "pino";

import type { OpenCall, SettledCall } from "#ledger/call-record.ts";
import type { Log } from "#log.ts";

const ADMITTED_AT = new Date("2026-11-24T10:20:30.400Z");

/** A log that says nothing. */
export const SILENT: Log = pino({ level: "silent" });

/** The id of the call with this number; ids rise with their numbers. */
export function callId(number: number): string {
  return `019a0000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

/** A call at its admission, with `fields` on top. */
export function openCall(number: number, fields: Partial<OpenCall> = {}): OpenCall {
  return {
    id: callId(number),
    agentId: 1,
    admittedAt: ADMITTED_AT,
    requestedModel: "claude-sonnet-5-5",
    isStreamed: true,
    requestBytes: 400,
    sessionId: null,
    subagentId: null,
    promptId: null,
    ...fields,
  };
}

/** A completed call of 1,000 input and 10 output tokens that cost two tenths of a cent, with `fields` on top. */
export function settledCall(number: number, fields: Partial<SettledCall> = {}): SettledCall {
  const { requestBytes: _, ...open } = openCall(number);
  return {
    ...open,
    model: open.requestedModel,
    upstreamRequestId: `req_upstream_${number}`,
    errorType: null,
    outcome: "completed",
    pricedAs: "list",
    listCost: 2_000_000n,
    inputTokens: 1_000,
    outputTokens: 10,
    cacheReadInputTokens: null,
    cacheCreation5mInputTokens: null,
    cacheCreation1hInputTokens: null,
    webSearchRequests: null,
    latencyMs: 120,
    firstByteMs: 40,
    overheadUs: 300,
    status: 200,
    isEstimated: false,
    helicone: null,
    ...fields,
  };
}
