import type { IncomingMessage } from "node:http";

import { v7 as uuidv7 } from "uuid";

import { type ExchangeStart, startExchange } from "#gateway/exchange.ts";
import type { Gateway } from "#gateway/gateway.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import { BUDGET_REACHED, INVALID_REQUEST, type Refusal, sendRefusal, STOPPING } from "#gateway/refusal.ts";
import { type RequestScan, scanRequest } from "#gateway/request-scan.ts";
import { refuseCall } from "#gateway/settlement.ts";
import { type OpenCall, toRequestId } from "#ledger/call-record.ts";

/** Passes one message call of an identified agent through: admit, journal, exchange. Answers in every case. */
export function passMessage(gateway: Gateway, agent: KnownAgent, start: ExchangeStart): void {
  const id = uuidv7();
  const refuse = (refusal: Refusal) => sendRefusal(start.response, refusal, toRequestId(id));
  const scanned = scanRequest(start.body);
  if (!scanned.ok) return refuse(INVALID_REQUEST(scanned.problem));

  const call = toOpenCall(id, agent, { ...start, scan: scanned.scan });
  const admission = gateway.admission.decide(agent.id, agent.budget, call.admittedAt);
  if (admission.outcome === "refused") {
    const refusal = BUDGET_REACHED(gateway.portalUrl);
    gateway.journal.settled(refuseCall(call, refusal));
    return refuse(refusal);
  }
  try {
    gateway.journal.open(call);
  } catch (error) {
    // What cannot be recorded must not be spent.
    gateway.log.error({ err: error, requestId: toRequestId(id) }, "A call was refused: the journal cannot be written");
    return refuse(STOPPING);
  }
  startExchange(gateway, call, start);
}

function toOpenCall(id: string, agent: KnownAgent, from: ExchangeStart & { scan: RequestScan }): OpenCall {
  const header = (name: string) => printable(headerOf(from.request, name), 100);
  return {
    id,
    agentId: agent.id,
    admittedAt: new Date(),
    requestedModel: printable(from.scan.model, 200) ?? "unknown",
    isStreamed: from.scan.isStreamed,
    requestBytes: from.body.length,
    sessionId: header("x-claude-code-session-id"),
    subagentId: header("x-claude-code-agent-id"),
    promptId: header("x-claude-code-prompt-id"),
  };
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

/** Text from outside that will stand in the ledger: bounded, without control characters; null when nothing is left. */
function printable(text: string, lengthMax: number): string | null {
  const cleaned = text.replace(/\p{Cc}/gu, "").slice(0, lengthMax);
  return cleaned === "" ? null : cleaned;
}
