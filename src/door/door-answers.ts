import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

import type { Admit, Admitted } from "#door/admission.ts";
import { ownHeaders } from "#door/answer-headers.ts";
import { HeliconeUnavailable } from "#door/ask-web.ts";
import { environmentScript, sessionAnswer } from "#door/browser-answers.ts";
import { routeOf } from "#door/door-route.ts";
import { createPassage, type PassageParts } from "#door/helicone-passage.ts";
import { closedRefusal, failureRefusal } from "#door/refusal.ts";
import { pathBehindDoor } from "#door/request-target.ts";
import { askedOf, sendRedirect, sendRefusal } from "#door/send-refusal.ts";
import { refuseSocket, watchAdmission } from "#door/web-sockets.ts";

export type DoorAnswersParts = PassageParts & {
  admit: Admit;
  /** How soon an open web socket ends after its admin is none any more. */
  recheckMs: number;
};

const START_PATH = "/dashboard";

/** What a request is answered: by Helicone, or in its place. */
export function createDoorAnswers(parts: DoorAnswersParts) {
  const { admit, session, urls, portalUrl, recheckMs } = parts;
  const passage = createPassage(parts);

  async function answerAdmitted(request: IncomingMessage, response: ServerResponse, admitted: Admitted): Promise<void> {
    const route = routeOf(request.method ?? "", admitted.target);
    const send = (type: string, text: string) => sendText(response, { type, text, portalUrl });
    switch (route.kind) {
      case "forward":
        return passage.forward(request, response, { ...admitted, route });
      case "environment":
        return send("text/javascript; charset=utf-8", await environmentScript(urls.web));
      case "session":
        return send("application/json", await sessionAnswer(urls.web, session));
      case "sign-in-page":
        return sendRedirect(response, START_PATH, portalUrl);
      case "arrival":
        return sendRedirect(response, wayBack(admitted), portalUrl);
      case "closed":
        return sendRefusal(request, response, { ...closedRefusal(route.reason), portalUrl });
    }
  }

  return {
    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const asked = askedOf(request);
      const admission = await admit.toRequest(asked);
      if (admission.outcome === "refused") return sendRefusal(asked, response, { ...admission.refusal, portalUrl });
      try {
        await answerAdmitted(request, response, admission.admitted);
      } catch (error) {
        if (!(error instanceof HeliconeUnavailable)) throw error;
        parts.noteFailure(error.failure);
        sendRefusal(asked, response, { ...failureRefusal(error.failure), portalUrl });
      }
    },

    async answerSocket(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
      const admission = await admit.toSocket(askedOf(request));
      if (admission.outcome === "refused") return refuseSocket(socket, admission.refusal.status);
      const { admitted } = admission;
      const route = routeOf("GET", admitted.target);
      if (route.kind !== "forward" || route.to === "objects") return refuseSocket(socket, 404);
      if (socket.destroyed) return;
      watchAdmission(socket, () => admit.isStillAdmin(admitted.cookies), recheckMs);
      await passage.forwardSocket(request, socket, { ...admitted, route, head });
    },

    close: passage.close,
  };
}

function sendText(
  response: ServerResponse,
  { type, text, portalUrl }: { type: string; text: string; portalUrl: string },
) {
  const headers = { ...ownHeaders(portalUrl), "cache-control": "private, no-store", "content-type": type };
  response.writeHead(200, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
}

function wayBack({ target }: Admitted): string {
  return pathBehindDoor(new URLSearchParams(target.search).get("to"));
}
