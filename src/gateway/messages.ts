import type { IncomingMessage } from "node:http";

import { v4 as uuidv4, v7 as uuidv7 } from "uuid";

import { callPricesFor } from "#gateway/call-prices.ts";
import { watchClient } from "#gateway/client-presence.ts";
import { type AdmittedCall, type ExchangeStart, startExchange } from "#gateway/exchange.ts";
import type { Gateway } from "#gateway/gateway.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import {
  AGENT_REMOVED,
  ALARMING,
  BUDGET_REACHED,
  CROWDED,
  INVALID_REQUEST,
  PAUSED,
  type Refusal,
  sendRefusal,
  TOO_FAST,
  UNRECORDABLE,
} from "#gateway/refusal.ts";
import { type RequestScan, scanRequest } from "#gateway/request-scan.ts";
import { refuseCall } from "#gateway/settlement.ts";
import { type OpenCall, toLedgerText, toRequestId } from "#ledger/call-record.ts";
import type { Admission } from "#limits/admission.ts";

/** Passes one message call of an identified agent through: admit, journal, exchange. Answers in every case. */
export function passMessage(gateway: Gateway, agent: KnownAgent, start: ExchangeStart): void {
  const id = createCallId();
  const scanned = scanRequest(start.body);
  if (!scanned.ok) {
    gateway.figures.refused("invalid_request");
    sendRefusal(start.response, INVALID_REQUEST(scanned.problem), toRequestId(id));
    return;
  }

  const received: Received = { id, agent, start, scan: scanned.scan };
  const admission = gateway.admission.admit({
    agentId: agent.id,
    size: { requestBytes: start.body.length, maxTokens: scanned.scan.maxTokens },
    prices: callPricesFor(gateway.prices(), scanned.scan.model),
  });
  if (admission.outcome !== "waiting") {
    goOn(gateway, received, admission);
    return;
  }
  const beganToWaitMs = performance.now();
  watchClient(start.request, start.response, admission.leave);
  admission.turn
    .then((turn) => goOn(gateway, afterWaiting(received, beganToWaitMs), turn))
    .catch((error: unknown) => {
      gateway.log.error(
        { err: error, requestId: toRequestId(id) },
        "A call that waited for its turn could not be handled",
      );
      start.response.destroy();
    });
}

/** A refusal carries its id, and neither may say what programs that watch agents take for another kind of trouble. */
function createCallId(): string {
  let id = uuidv7();
  while (ALARMING.test(toRequestId(id))) id = uuidv4();
  return id;
}

type Received = { id: string; agent: KnownAgent; start: ExchangeStart; scan: RequestScan };

/** A call begins with its admission: what it waited for its turn is neither its latency nor the gateway's overhead. */
function afterWaiting(received: Received, beganToWaitMs: number): Received {
  const { start } = received;
  return { ...received, start: { ...start, receivedAtMs: start.receivedAtMs + performance.now() - beganToWaitMs } };
}

/** Starts the exchange, or says why not. */
function goOn(gateway: Gateway, received: Received, admission: Admission): void {
  const { id, start } = received;
  if (admission.outcome === "admitted") {
    openInJournal(gateway, { call: toOpenCall(received, admission.call.admittedAt), live: admission.call }, start);
    return;
  }
  const refusal = refusalOf(gateway, admission);
  gateway.figures.refused(admission.outcome === "crowded" ? "crowded" : admission.reason);
  const say = () => sendRefusal(start.response, refusal, toRequestId(id));
  if (refusal.type === "authentication_error") say();
  else gateway.settle(refuseCall(toOpenCall(received, new Date()), refusal), null, say);
}

function refusalOf(gateway: Gateway, admission: Exclude<Admission, { outcome: "admitted" }>): Refusal {
  if (admission.outcome === "crowded") return CROWDED;
  switch (admission.reason) {
    case "budget":
      return BUDGET_REACHED(gateway.portalUrl);
    case "paused":
      return PAUSED(gateway.portalUrl);
    case "rate_limit":
      return TOO_FAST(admission.waitMs);
    case "removed":
      return AGENT_REMOVED;
  }
}

/** What cannot be recorded must not be spent. */
function openInJournal(gateway: Gateway, { call, live }: AdmittedCall, start: ExchangeStart): void {
  gateway.journal.open(call, (isWritten) => {
    if (isWritten) {
      begin(gateway, { call, live }, start);
      return;
    }
    gateway.admission.settle(live, { cost: 0n, outputTokens: null });
    gateway.log.error({ requestId: toRequestId(call.id) }, "A call was refused: the journal cannot be written");
    gateway.figures.refused("unrecordable");
    sendRefusal(start.response, UNRECORDABLE, toRequestId(call.id));
  });
}

/** A fault of ours in one call is not the end of those that were written together with it. */
function begin(gateway: Gateway, admitted: AdmittedCall, start: ExchangeStart): void {
  try {
    startExchange(gateway, admitted, start);
  } catch (error) {
    gateway.log.error({ err: error, requestId: toRequestId(admitted.call.id) }, "A call could not be handled");
    start.response.destroy();
  }
}

function toOpenCall({ id, agent, start, scan }: Received, admittedAt: Date): OpenCall {
  const header = (name: string) => toLedgerText(headerOf(start.request, name), 100);
  return {
    id,
    agentId: agent.id,
    admittedAt,
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
