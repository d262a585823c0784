import type { IncomingHttpHeaders } from "node:http";

import type { Exchange, Forwarding, Upstream, UpstreamFailure } from "#gateway/forward.ts";
import type { HeliconeSight, MessageForwarding } from "#gateway/message-way.ts";
import type { SignsOfLife, Waiting } from "#gateway/signs-of-life.ts";
import { isReadable, isSuccess, originOf, withoutHeliconeHeaders } from "#helicone/answer-origin.ts";
import type { BreakerEvent } from "#helicone/breaker.ts";

export type AttemptParts = {
  direct: Upstream;
  helicone: Upstream;
  signs: SignsOfLife;
  tell: (event: BreakerEvent) => void;
  /** Of the breaker, now. */
  openings: () => number;
};

/** A call on its way through Helicone. */
type Attempt = {
  parts: AttemptParts;
  exchange: Exchange;
  /** Of the breaker when the call began. */
  openings: number;
  /** `waiting` for the answer to begin; `passing` it on; `around`: it goes straight to Anthropic now; `over`. */
  stage: "waiting" | "passing" | "around" | "over";
  /** Known, and not passed on before something readable follows. */
  head: { status: number; headers: IncomingHttpHeaders } | null;
  current: Forwarding | null;
  wasSentThrough: boolean;
  sight: HeliconeSight;
  /** The client has gone, and nothing is to be sent again. */
  isDeserted: boolean;
  /** Null once its answer has begun. */
  watched: Waiting | null;
};

type AttemptStart = Pick<Attempt, "exchange" | "openings"> & { /** As they go to Helicone. */ headers: string[] };

/**
 * Sends a call through Helicone. Nothing of the answer is passed on before it is known to be Anthropic's and readable; until then a
 * failure sends the call straight to Anthropic, once. From then on the answer passes as it comes, and a failure ends it.
 */
export function startAttempt(parts: AttemptParts, { exchange, openings, headers }: AttemptStart): MessageForwarding {
  const attempt: Attempt = {
    ...{ parts, exchange, openings },
    stage: "waiting",
    head: null,
    current: null,
    wasSentThrough: false,
    sight: "whole",
    isDeserted: false,
    watched: null,
  };
  attempt.watched = parts.signs.add(() => {
    if (attempt.stage === "waiting") fail(attempt, "it gave no sign of life while a call waited for it", "unsure");
  });
  attempt.current = parts.helicone.forward({
    method: exchange.method,
    path: exchange.path,
    body: exchange.body,
    headers,
    onHead: (status, answered) => hearHead(attempt, status, answered),
    onChunk: (chunk) => hearChunk(attempt, chunk),
    onEnd: () => hearEnd(attempt),
    onError: (failure) => hearFailure(attempt, failure),
  });
  return {
    resume: () => attempt.current?.resume(),
    abort: () => abort(attempt),
    isSent: () => isSent(attempt),
    heliconeSight: () => sightNow(attempt),
    hearOut() {
      attempt.isDeserted = (attempt.stage === "waiting" || attempt.stage === "passing") && isSent(attempt);
      return attempt.isDeserted;
    },
  };
}

function hearHead(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void {
  if (attempt.stage !== "waiting") return;
  const origin = originOf(status, headers);
  if (origin.from === "upstream") attempt.head = { status, headers };
  else if (origin.isAboutRequest) {
    attempt.parts.tell({ kind: "call_abandoned", openings: attempt.openings });
    goAround(attempt, "none");
  } else fail(attempt, origin.reason, "none");
}

function hearChunk(attempt: Attempt, chunk: Buffer): boolean {
  const { parts, head, exchange } = attempt;
  parts.signs.note();
  if (attempt.stage === "waiting" && head !== null) {
    if (isReadable(head.status, head.headers, chunk)) pass(attempt);
    else fail(attempt, "its answer cannot be read", "unsure");
  }
  return attempt.stage !== "passing" || exchange.onChunk(chunk);
}

function hearEnd(attempt: Attempt): void {
  const { head, parts, openings, exchange } = attempt;
  if (attempt.stage === "waiting" && head !== null) {
    if (isSuccess(head.status)) fail(attempt, "its answer is empty", "unsure");
    else pass(attempt);
  }
  if (attempt.stage !== "passing") return;
  attempt.stage = "over";
  parts.tell({ kind: "call_completed", openings });
  exchange.onEnd();
}

/**
 * What has begun cannot be repeated, nor can what has waited for as long as any answer may. Silence in the middle of an answer is
 * a failure of Helicone's too: it does not end the answers that are cut on its far side.
 */
function hearFailure(attempt: Attempt, failure: UpstreamFailure): void {
  const { stage, head, parts, openings, exchange } = attempt;
  if (stage === "waiting" && (failure.kind !== "timeout" || head !== null)) {
    fail(attempt, reasonOf(failure), "unsure");
    return;
  }
  if (stage !== "waiting" && stage !== "passing") return;
  if (stage === "passing") parts.tell({ kind: "call_failed", openings, reason: reasonOf(failure) });
  else parts.tell({ kind: "call_abandoned", openings });
  stopWaiting(attempt);
  attempt.stage = "over";
  attempt.sight = "unsure";
  exchange.onError(failure);
}

/** From here on the client sees what comes. */
function pass(attempt: Attempt): void {
  const { parts, head, openings, exchange } = attempt;
  if (head === null) return;
  stopWaiting(attempt);
  attempt.stage = "passing";
  parts.tell({ kind: "call_answered", openings });
  exchange.onHead(head.status, withoutHeliconeHeaders(head.headers));
}

function fail(attempt: Attempt, reason: string, seen: HeliconeSight): void {
  attempt.parts.tell({ kind: "call_failed", openings: attempt.openings, reason });
  goAround(attempt, seen);
}

function goAround(attempt: Attempt, seen: HeliconeSight): void {
  const { parts, exchange, current, isDeserted } = attempt;
  stopWaiting(attempt);
  attempt.stage = isDeserted ? "over" : "around";
  attempt.wasSentThrough = current?.isSent() === true;
  attempt.sight = attempt.wasSentThrough ? seen : "none";
  current?.abort();
  if (isDeserted) exchange.onError({ kind: "cut", code: "CLIENT_GONE" });
  else attempt.current = parts.direct.forward(exchange);
}

function abort(attempt: Attempt): void {
  const { stage, parts, openings, current } = attempt;
  if (stage === "waiting") parts.tell({ kind: "call_abandoned", openings });
  if (stage === "waiting" || stage === "passing") attempt.sight = isSent(attempt) ? "unsure" : "none";
  stopWaiting(attempt);
  attempt.stage = "over";
  current?.abort();
}

/** Helicone keeps a call when its answer ends: whether it still could, nobody knows where it was found to fail meanwhile. */
function sightNow({ sight, openings, parts }: Attempt): HeliconeSight {
  return sight === "whole" && parts.openings() !== openings ? "unsure" : sight;
}

function stopWaiting(attempt: Attempt): void {
  if (attempt.watched !== null) attempt.parts.signs.remove(attempt.watched);
  attempt.watched = null;
}

function isSent({ current, wasSentThrough }: Attempt): boolean {
  return wasSentThrough || current?.isSent() === true;
}

function reasonOf({ kind, code }: UpstreamFailure): string {
  switch (kind) {
    case "unsent":
      return `it cannot be reached (${code})`;
    case "timeout":
      return "an answer that had begun did not go on";
    case "cut":
      return `it ended a connection before the answer was complete (${code})`;
  }
}
