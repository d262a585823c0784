import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import type { Admitted } from "#door/admission.ts";
import { type AnswerHeaders, type AnswerOrigin, answerHeaders, leadsAway } from "#door/answer-headers.ts";
import type { DoorRoute, Upstream } from "#door/door-route.ts";
import type { FailureLog } from "#door/failure-log.ts";
import { createForwarder, type Forwarder } from "#door/forwarder.ts";
import type { HeliconeSession, KeptSession } from "#door/helicone-session.ts";
import { failureRefusal, LED_AWAY, type Refusal, SESSION_NOT_TAKEN } from "#door/refusal.ts";
import { pathBehindDoor } from "#door/request-target.ts";
import { type Asked, askedOf, isPageLoad, sendRedirect, sendRefusal } from "#door/send-refusal.ts";
import { firstOrganisation, heliconeHeaders, objectHeaders } from "#door/upstream-headers.ts";

export type PassageParts = {
  session: HeliconeSession;
  urls: Record<Upstream, string>;
  portalUrl: string;
  doorUrl: string;
  answerTimeoutMs: number;
  noteFailure: FailureLog;
};

export type ForwardRoute = Extract<DoorRoute, { kind: "forward" }>;
export type Traveller = Admitted & { route: ForwardRoute };
export type Passage = ReturnType<typeof createPassage>;

/** What is remembered of a request while Helicone answers it. `session`: null where Helicone needs none. */
type Visit = { asked: Asked; origin: AnswerOrigin; session: KeptSession | null; cookies: Record<string, string> };

/** A session that Helicone refuses at this age was never taken: signing in again would go on for ever. */
const FRESH_MS = 5_000;

/** The way to Helicone and back: requests in the service account's name, answers without what is Helicone's own affair. */
export function createPassage(parts: PassageParts) {
  const { session, urls, portalUrl, doorUrl } = parts;
  const visits = new WeakMap<IncomingMessage, Visit>();
  const forwarder: Forwarder = createForwarder({
    urls,
    answerTimeoutMs: parts.answerTimeoutMs,
    onAnswer(answer, request, response) {
      const visit = visits.get(request);
      if (visit === undefined) return void response.destroy();
      passAnswer(answer, response, { visit, instead: insteadOf(answer, visit, session) });
    },
    onFailure(failure, request, response) {
      const visit = visits.get(request);
      if (visit === undefined) return void response.destroy();
      parts.noteFailure(failure);
      sendRefusal(visit.asked, response, { ...failureRefusal(failure), portalUrl });
    },
  });

  return {
    /** @throws HeliconeUnavailable when the door cannot sign in */
    async forward(request: IncomingMessage, response: ServerResponse, { route, target, cookies }: Traveller) {
      const asked = askedOf(request);
      const kept = route.to === "objects" ? null : await session.current();
      const origin = { from: route.to, upstreamUrl: urls[route.to], doorUrl, portalUrl, path: target.path };
      if (response.destroyed) return; // gone while the door signed in
      visits.set(request, { asked, origin, session: kept, cookies });
      const headers =
        kept === null
          ? objectHeaders(asked.headers, new URL(doorUrl).host)
          : heliconeHeaders(asked.headers, { isWebSocket: false, identity: kept.identity, cookies });
      forwarder.forward(request, response, { to: route.to, target: route.path + target.search, headers });
    },

    /** @throws HeliconeUnavailable when the door cannot sign in */
    async forwardSocket(request: IncomingMessage, socket: Duplex, { route, target, cookies, head }: SocketTraveller) {
      const { identity } = await session.current();
      const headers = heliconeHeaders(request.headers, { isWebSocket: true, identity, cookies });
      forwarder.forwardSocket(request, socket, { to: route.to, target: route.path + target.search, headers, head });
    },

    close: () => forwarder.close(),
  };
}

type SocketTraveller = Traveller & { head: Buffer };
type Turn = { visit: Visit; instead: Refusal | string | null };

function passAnswer(answer: IncomingMessage, response: ServerResponse, { visit, instead }: Turn): void {
  const { asked, origin } = visit;
  if (instead === null) {
    const headers = { ...answerHeaders(answer.headers, origin), ...firstVisit(visit) };
    response.writeHead(answer.statusCode ?? 502, headers);
    answer.pipe(response);
    return;
  }
  answer.resume();
  if (typeof instead === "string") sendRedirect(response, instead, origin.portalUrl);
  else sendRefusal(asked, response, { ...instead, portalUrl: origin.portalUrl });
}

/** An admin who comes for the first time is shown the organisation that the calls are in, and not the one of Helicone's examples. */
function firstVisit({ asked, session, cookies, origin }: Visit): AnswerHeaders {
  const organisation = session === null || !isPageLoad(asked) ? null : firstOrganisation(cookies, session.identity);
  if (organisation === null) return {};
  return {
    "set-cookie": `${organisation}; Path=/; SameSite=Lax${origin.doorUrl.startsWith("https:") ? "; Secure" : ""}`,
  };
}

/** What is said instead of an answer that is not for a browser: a refusal, or where to go. */
function insteadOf({ statusCode, headers }: IncomingMessage, visit: Visit, session: HeliconeSession): Turn["instead"] {
  const { asked, origin, session: used } = visit;
  if (leadsAway(headers, origin)) return LED_AWAY;
  if (used === null) return null;
  if (statusCode === 401) session.doubt(used);
  const asksForSignIn = /\/signin(?:\?|$)/.test(headers.location ?? "") && isPageLoad(asked);
  if (!asksForSignIn) return null;
  session.drop(used);
  return Date.now() - used.sinceMs < FRESH_MS ? SESSION_NOT_TAKEN : pathBehindDoor(asked.url);
}
