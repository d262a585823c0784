import { ARRIVAL_PATH } from "#door/door-route.ts";
import {
  ADMINS_ONLY,
  CANNOT_CHECK,
  NOT_SIGNED_IN,
  objectionRefusal,
  type Refusal,
  SESSION_NOT_SEEN,
  TURNED_OFF,
  UNREADABLE,
} from "#door/refusal.ts";
import { isOwnOrigin, objectionTo } from "#door/request-guard.ts";
import { type RequestTarget, readRequestTarget } from "#door/request-target.ts";
import type { Asked } from "#door/send-refusal.ts";
import type { Visitor } from "#door/visitor.ts";
import type { Log } from "#log.ts";
import { cookiesOf } from "#portal/auth/cookies.ts";

export type AdmissionParts = {
  visitorOf: (cookies: Record<string, string>) => Promise<Visitor>;
  doorUrl: string;
  isTurnedOff: boolean;
  log: Log;
};

/** A request that may go on: an admin's, and one that means the same to everybody. */
export type Admitted = { target: RequestTarget; cookies: Record<string, string> };

export type Admission = { outcome: "admitted"; admitted: Admitted } | { outcome: "refused"; refusal: Refusal };

export type Admit = ReturnType<typeof createAdmission>;

/** Decides about every request, before anything else is done with it. */
export function createAdmission({ visitorOf, doorUrl, isTurnedOff, log }: AdmissionParts) {
  async function refusalOfVisitor(cookies: Record<string, string>, path: string): Promise<Refusal | null> {
    try {
      const visitor = await visitorOf(cookies);
      if (visitor === "stranger") return path === ARRIVAL_PATH ? SESSION_NOT_SEEN : NOT_SIGNED_IN;
      return visitor === "owner" ? ADMINS_ONLY : null;
    } catch (error) {
      log.error({ err: error }, "A session could not be checked");
      return CANNOT_CHECK;
    }
  }

  return {
    async toRequest(asked: Asked): Promise<Admission> {
      const target = readRequestTarget(asked.url);
      if (target === null) return refused(UNREADABLE);
      const cookies = cookiesIn(asked);
      const refusal = await refusalOfVisitor(cookies, target.path);
      if (refusal !== null) return refused(refusal);
      const objection = objectionTo(asked, doorUrl);
      if (objection !== null) return refused(objectionRefusal(objection));
      return isTurnedOff ? refused(TURNED_OFF) : { outcome: "admitted", admitted: { target, cookies } };
    },

    /** A plain handshake from a page of the door. Its Origin says so; browsers differ in what they call its site. */
    async toSocket(asked: Asked): Promise<Admission> {
      const { method, headers } = asked;
      const isHandshake = method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
      const hasBody = headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
      const admission = await this.toRequest({ ...asked, headers: { ...headers, "sec-fetch-site": undefined } });
      if (admission.outcome === "refused") return admission;
      if (!isHandshake || hasBody) return refused(objectionRefusal({ status: 400, reason: "This is no web socket." }));
      if (isOwnOrigin(headers, doorUrl)) return admission;
      return refused(objectionRefusal({ status: 403, reason: "Another page's web socket." }));
    },

    /** Whether the person of an open connection would be let in again. */
    async isStillAdmin(cookies: Record<string, string>): Promise<boolean> {
      return (await visitorOf(cookies)) === "admin";
    },
  };
}

function refused(refusal: Refusal): Admission {
  return { outcome: "refused", refusal };
}

function cookiesIn({ headers }: Asked): Record<string, string> {
  return cookiesOf(new Headers(headers.cookie === undefined ? {} : { cookie: headers.cookie }));
}
