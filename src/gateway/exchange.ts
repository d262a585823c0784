import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

import { type CallLog, logCall } from "#gateway/call-log.ts";
import { watchClient } from "#gateway/client-presence.ts";
import { createEncodedMeter } from "#gateway/encoded-meter.ts";
import type { UpstreamFailure } from "#gateway/forward.ts";
import { bodyLength, toAgentHeaders, toUpstreamHeaders, type UpstreamCredential } from "#gateway/forward-headers.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { createHardStop, type HardStop, toErrorEvent } from "#gateway/hard-stop.ts";
import { type MessageForwarding, sightAtEnd } from "#gateway/message-way.ts";
import { BUDGET_REACHED, sendRefusal, UPSTREAM_SILENT, UPSTREAM_UNREACHABLE } from "#gateway/refusal.ts";
import { fingerprintOf } from "#gateway/request-fingerprint.ts";
import { CHARACTERS_PER_TOKEN, type Ending, inputCost, settleCall } from "#gateway/settlement.ts";
import { createUsageMeter, type UsageMeter } from "#gateway/usage-meter.ts";
import { type OpenCall, toRequestId } from "#ledger/call-record.ts";
import type { LiveCall } from "#limits/admission.ts";

/** One admitted call with the two ends it connects, and how far it has come. */
type Exchange = {
  gateway: Gateway;
  call: OpenCall;
  /** What the call holds of its budgets. */
  live: LiveCall;
  response: ServerResponse;
  credentialKind: UpstreamCredential["kind"];
  meter: UsageMeter;
  forwarding: MessageForwarding | null;
  receivedAtMs: number;
  overheadMs: number;
  firstByteAtMs: number | null;
  status: number | null;
  upstreamRequestId: string | null;
  /** Bytes of the body still to come; null when the upstream did not say. */
  bytesLeft: number | null;
  /** Of the request; null while nobody had the time. */
  fingerprint: number | null;
  isStartJournaled: boolean;
  isSettled: boolean;
  /** The upstream has sent everything. */
  isWhole: boolean;
  /** The last bytes wait for the line that settles the call. */
  isLastWaiting: boolean;
  /** Null: a running answer is not cut at a limit. */
  hardStop: HardStop | null;
  /** We have ended the answer; the upstream may be heard of no more. */
  isCutShort: boolean;
  /** Runs while the client does not take what it is sent. */
  stall: NodeJS.Timeout | null;
  /** Ends the exchange from our side. */
  abandon: (errorType: string) => void;
  /** What Helicone is told of the call afterwards. */
  callLog: CallLog;
  /** Where it stands among the calls in flight, once it does. */
  place: number;
};

/** A call that may go out. */
export type AdmittedCall = { call: OpenCall; live: LiveCall };

export type ExchangeStart = {
  request: IncomingMessage;
  response: ServerResponse;
  /** Path and query as they go upstream. */
  path: string;
  body: Buffer;
  credential: UpstreamCredential;
  /** `performance.now()` when the request was complete. */
  receivedAtMs: number;
};

/**
 * Sends an admitted call upstream and its answer back, byte for byte as they come, and settles the call before
 * the last byte goes out: whoever has the whole answer finds the call in the ledger, whatever is killed when.
 */
export function startExchange(gateway: Gateway, admitted: AdmittedCall, start: ExchangeStart): void {
  const exchange = toExchange(gateway, admitted, start);
  const { request, response } = start;
  exchange.place = gateway.inFlight.add(exchange.abandon);
  // One that has gone while its line was being written is heard of no more.
  if (request.socket.destroyed) {
    leave(exchange, "client_disconnected");
    return;
  }
  response.on("drain", () => goOn(exchange));
  watchClient(request, response, () => hearOutOrLeave(exchange));
  exchange.forwarding = gateway.messageWay.forward(admitted.call, {
    method: "POST",
    path: start.path,
    headers: toUpstreamHeaders(request.rawHeaders, start.credential),
    body: start.body,
    onHead: (status, headers) => passHead(exchange, status, headers),
    onChunk: (chunk) => passChunk(exchange, chunk),
    onEnd: () => passEnd(exchange),
    onError: (failure) => passFailure(exchange, failure),
  });
  setImmediate(() => {
    exchange.fingerprint = fingerprintOf(start.body); // while the upstream thinks
  });
}

function toExchange(
  gateway: Gateway,
  { call, live }: AdmittedCall,
  { response, credential, receivedAtMs, body }: ExchangeStart,
): Exchange {
  const exchange: Exchange = {
    gateway,
    call,
    live,
    response,
    credentialKind: credential.kind,
    meter: createUsageMeter(),
    forwarding: null,
    place: -1,
    receivedAtMs,
    overheadMs: performance.now() - receivedAtMs,
    firstByteAtMs: null,
    status: null,
    upstreamRequestId: null,
    bytesLeft: null,
    fingerprint: null,
    isStartJournaled: false,
    isSettled: false,
    isWhole: false,
    isLastWaiting: false,
    hardStop: createHardStop(gateway, { call, live }),
    isCutShort: false,
    stall: null,
    callLog: logCall(gateway.heliconeLog, call, body),
    abandon(errorType) {
      leave(exchange, errorType);
      response.destroy();
    },
  };
  return exchange;
}

function passHead(exchange: Exchange, status: number, headers: IncomingHttpHeaders): void {
  const answeredAtMs = performance.now();
  const { response, call } = exchange;
  exchange.status = status;
  exchange.upstreamRequestId = typeof headers["request-id"] === "string" ? headers["request-id"].slice(0, 200) : null;
  exchange.bytesLeft = bodyLength(headers);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined) exchange.meter = createEncodedMeter(encoding, exchange.meter);
  const agentHeaders = toAgentHeaders(headers, exchange.credentialKind);
  agentHeaders["request-id"] = toRequestId(call.id);
  exchange.overheadMs += performance.now() - answeredAtMs;
  agentHeaders["x-trinity-overhead-ms"] = exchange.overheadMs.toFixed(3);
  response.writeHead(status, agentHeaders);
  // A stream's head goes out at once; a short answer's leaves together with its body.
  if (exchange.bytesLeft === null) response.flushHeaders();
  // By now it is known which way the answer comes.
  exchange.callLog.begin(exchange.forwarding?.heliconeSight() ?? "none");
}

function passChunk(exchange: Exchange, chunk: Buffer): boolean {
  const { meter, response } = exchange;
  exchange.firstByteAtMs ??= performance.now();
  meter.feed(chunk);
  exchange.callLog.answer(chunk);
  if (exchange.bytesLeft !== null) exchange.bytesLeft -= chunk.length;
  if (exchange.bytesLeft === 0) meter.end();
  if (exchange.isSettled)
    exchange.gateway.journal.flush(); // what came before it goes out before it
  else if (exchange.bytesLeft === 0 || meter.seen().isComplete) return passLast(exchange, chunk);
  else {
    journalStart(exchange);
    reviseReservation(exchange);
    const end = exchange.hardStop?.cutAfter(chunk, meter.seen()) ?? null;
    if (end !== null) return cutShort(exchange, chunk.subarray(0, end));
  }
  return response.write(chunk) || response.destroyed || holdBack(exchange);
}

/** The last bytes wait until the end of the call is written. */
function passLast(exchange: Exchange, chunk: Buffer): true {
  const { response, status, bytesLeft } = exchange;
  exchange.isWhole = bytesLeft === 0;
  exchange.isLastWaiting = true;
  settle(exchange, { kind: "ended", status: status ?? 0 }, () => {
    exchange.isLastWaiting = false;
    if (exchange.isWhole) response.end(chunk);
    else response.write(chunk);
  });
  return true;
}

/**
 * Ends a running answer at its budget's limit, as an answer of Anthropic's ends that fails midway. It is settled before that is
 * told: the client's next try, which comes at once, finds the budget spent.
 */
function cutShort(exchange: Exchange, lastEvents: Buffer): true {
  const { gateway, call, response, forwarding, status, bytesLeft } = exchange;
  exchange.isCutShort = true;
  settle(exchange, { kind: "cut", status, errorType: "billing_error" }, () => {
    if (bytesLeft === null) {
      response.write(lastEvents);
      response.end(toErrorEvent(BUDGET_REACHED(gateway.portalUrl), toRequestId(call.id)));
    } else response.destroy(); // its length was promised
  });
  forwarding?.abort();
  return true;
}

/** A client that stops reading would keep its call open, and uncounted, for ever: it has as long as the upstream has. */
function holdBack(exchange: Exchange): false {
  exchange.stall ??= setTimeout(() => exchange.abandon("client_stalled"), exchange.gateway.idleTimeoutMs);
  return false;
}

function goOn(exchange: Exchange): void {
  if (exchange.stall !== null) clearTimeout(exchange.stall);
  exchange.stall = null;
  exchange.forwarding?.resume();
}

/** A stream says at its start what its input cost; if the gateway dies in the middle, that much is known. */
function journalStart(exchange: Exchange): void {
  if (exchange.isStartJournaled) return;
  const { model, usage } = exchange.meter.seen();
  if (usage.inputTokens === null) return;
  exchange.isStartJournaled = true;
  const { gateway, call, live } = exchange;
  gateway.journal.started({ id: call.id, model, usage });
  gateway.admission.learnInput(live, inputCost(call, { model, usage }, gateway.prices()));
}

/** An answer that goes on beyond what was expected holds more of its budgets. */
function reviseReservation({ gateway, live, meter }: Exchange): void {
  const { usage, streamedCharacters } = meter.seen();
  const tokens = Math.max(usage.outputTokens ?? 0, Math.ceil(streamedCharacters / CHARACTERS_PER_TOKEN));
  gateway.admission.learnOutput(live, tokens);
}

function passEnd(exchange: Exchange): void {
  const { meter, response, status } = exchange;
  exchange.isWhole = true;
  if (!exchange.isSettled) {
    meter.end();
    settle(exchange, { kind: "ended", status: status ?? 0 }, () => response.end());
  } else if (!exchange.isLastWaiting) response.end();
}

function passFailure(exchange: Exchange, failure: UpstreamFailure): void {
  const { gateway, response, call, status } = exchange;
  if (exchange.isCutShort || exchange.isWhole) return;
  if (exchange.isSettled) {
    gateway.journal.flush();
    response.destroy();
    return;
  }
  gateway.log.warn({ requestId: toRequestId(call.id), ...failure }, "The upstream failed a call");
  const isTimeout = failure.kind === "timeout";
  const ending: Ending =
    failure.kind === "unsent"
      ? { kind: "unsent", errorType: "upstream_unreachable" }
      : { kind: "cut", status, errorType: isTimeout ? "upstream_timeout" : "upstream_disconnected" };
  settle(exchange, ending, () => {
    // Half an answer must look like one: the connection ends without the proper end of the body.
    if (status !== null) response.destroy();
    else sendRefusal(response, isTimeout ? UPSTREAM_SILENT : UPSTREAM_UNREACHABLE, toRequestId(call.id));
  });
}

/** The client has gone. An answer that is generated and paid for all the same is heard to its end, which says what it cost. */
function hearOutOrLeave(exchange: Exchange): void {
  if (!exchange.isSettled && exchange.forwarding?.hearOut() === true) goOn(exchange);
  else leave(exchange, "client_disconnected");
}

/** One side has gone: what is known is settled, and the upstream stops working for nobody. */
function leave(exchange: Exchange, errorType: string): void {
  const { forwarding, status, stall } = exchange;
  if (stall !== null) clearTimeout(stall);
  const isSent = forwarding?.isSent() === true;
  settle(exchange, isSent ? { kind: "cut", status, errorType } : { kind: "unsent", errorType });
  forwarding?.abort();
}

/** Settles the call, once; `then` comes when that is written. */
function settle(exchange: Exchange, ending: Ending, then?: () => void): void {
  if (exchange.isSettled) return;
  exchange.isSettled = true;
  const { gateway, call, meter, receivedAtMs, firstByteAtMs, upstreamRequestId, fingerprint } = exchange;
  gateway.inFlight.remove(exchange.place);
  if (ending.kind === "cut") meter.cut();
  const timing = {
    latencyMs: Math.round(performance.now() - receivedAtMs),
    firstByteMs: firstByteAtMs === null ? null : Math.round(firstByteAtMs - receivedAtMs),
    overheadUs: Math.round(exchange.overheadMs * 1000),
  };
  const helicone = exchange.callLog.end(sightAtEnd(exchange.forwarding, ending.kind));
  const settlement = { call, ending, metered: meter.seen(), timing, upstreamRequestId, helicone };
  const settled = settleCall(settlement, gateway.prices());
  gateway.settle(settled, exchange.live, then);
  if (settled.listCost > 0n && fingerprint !== null) {
    gateway.noteRequest({ id: call.id, agentId: call.agentId, admittedAt: call.admittedAt, fingerprint });
  }
}
