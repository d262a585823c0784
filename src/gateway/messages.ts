import type { IncomingMessage } from "node:http";

import { v4 as uuidv4, v7 as uuidv7 } from "uuid";

import { type ExchangeStart, startExchange } from "#gateway/exchange.ts";
import type { Gateway } from "#gateway/gateway.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import {
  ALARMING,
  BUDGET_REACHED,
  INVALID_REQUEST,
  type Refusal,
  sendRefusal,
  UNRECORDABLE,
} from "#gateway/refusal.ts";
import { type RequestScan, scanRequest } from "#gateway/request-scan.ts";
import { refuseCall } from "#gateway/settlement.ts";
import { type OpenCall, toLedgerText, toRequestId } from "#ledger/call-record.ts";

/** Passes one message call of an identified agent through: admit, journal, exchange. Answers in every case. */
export function passMessage(gateway: Gateway, agent: KnownAgent, start: ExchangeStart): void {
  const id = createCallId();
  const admitted = admit(gateway, agent, { id, start });
  if ("call" in admitted) startExchange(gateway, admitted.call, start);
  else sendRefusal(start.response, admitted.refusal, toRequestId(id));
}

/** A refusal carries its id, and neither may say what programs that watch agents take for another kind of trouble. */
function createCallId(): string {
  let id = uuidv7();
  while (ALARMING.test(toRequestId(id))) id = uuidv4();
  return id;
}

type Admitted = { call: OpenCall } | { refusal: Refusal };

type Received = { id: string; start: ExchangeStart };

function admit(gateway: Gateway, agent: KnownAgent, received: Received): Admitted {
  const scanned = scanRequest(received.start.body);
  if (!scanned.ok) return { refusal: INVALID_REQUEST(scanned.problem) };

  const call = toOpenCall(agent, received, scanned.scan);
  const admission = gateway.admission.decide(agent.id, agent.budget, call.admittedAt);
  if (admission.outcome === "refused") {
    const refusal = BUDGET_REACHED(gateway.portalUrl);
    gateway.settle(refuseCall(call, refusal));
    return { refusal };
  }
  try {
    gateway.journal.open(call);
    return { call };
  } catch (error) {
    // What cannot be recorded must not be spent.
    gateway.log.error({ err: error, requestId: call.id }, "A call was refused: the journal cannot be written");
    return { refusal: UNRECORDABLE };
  }
}

function toOpenCall(agent: KnownAgent, { id, start }: Received, scan: RequestScan): OpenCall {
  const header = (name: string) => toLedgerText(headerOf(start.request, name), 100);
  return {
    id,
    agentId: agent.id,
    admittedAt: new Date(),
    requestedModel: toLedgerText(scan.model, 200) ?? "unknown",
    isStreamed: scan.isStreamed,
    requestBytes: start.body.length,
    sessionId: header("x-claude-code-session-id"),
    subagentId: header("x-claude-code-agent-id"),
    promptId: header("x-claude-code-prompt-id"),
  };
}

function headerOf(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}
