import type { HeliconeFailure } from "#door/ask-web.ts";
import { NO_ACCOUNT } from "#helicone/dashboard-obstacle.ts";

/** An answer of the door in Helicone's place: to a program as a code, to a person as a page. */
export type Refusal = {
  status: number;
  code: string;
  title: string;
  text: string;
  /** Where to go on: to sign in, or to the portal. */
  leadsTo: "sign-in" | "portal";
};

function refusal(status: number, code: string, words: Pick<Refusal, "title" | "text">): Refusal {
  return { status, code, ...words, leadsTo: "portal" };
}

export const NOT_SIGNED_IN: Refusal = {
  status: 401,
  code: "not_signed_in",
  title: "Sign in first",
  text: "The dashboard is open to admins who are signed in to the portal.",
  leadsTo: "sign-in",
};

/** After the portal has let somebody in, and its cookie still does not come along. */
export const SESSION_NOT_SEEN: Refusal = {
  status: 401,
  code: "session_not_seen",
  title: "Your sign-in does not reach this address",
  text:
    "The portal and the dashboard have to share a host name, or a parent domain that HELICONE_DASHBOARD_COOKIE_DOMAIN names. " +
    "If you were just signed out, sign in again.",
  leadsTo: "sign-in",
};

export const ADMINS_ONLY = refusal(403, "not_allowed", {
  title: "The dashboard is for admins",
  text: "It shows the calls of all agents. What your own agents cost is in the portal.",
});

export const UNREADABLE = refusal(400, "invalid_input", {
  title: "There is no such address",
  text: "This address cannot be read.",
});

export const CANNOT_CHECK = refusal(503, "unavailable", {
  title: "The dashboard cannot check who you are",
  text: "The portal's database does not answer. Try again in a moment.",
});

export const TURNED_OFF = refusal(503, "helicone_off", {
  title: "Helicone is turned off",
  text: "There is no dashboard while HELICONE_ENABLED is false. Costs and limits are in the portal, and work without it.",
});

export const LED_AWAY = refusal(502, "bad_upstream", {
  title: "Helicone sends you elsewhere",
  text: "It answered with the address of another site. The dashboard does not follow it.",
});

export const SESSION_NOT_TAKEN = refusal(502, "bad_upstream", {
  title: "Helicone does not keep its own sign-in",
  text: "It asks for a sign-in right after one. Its BETTER_AUTH_URL has to be the address of this dashboard.",
});

const NOT_AFFECTED = "Agents, costs and limits are not affected.";

const FAILURES: Record<HeliconeFailure, Refusal> = {
  not_set_up: refusal(503, "not_set_up", {
    title: "Helicone is not set up yet",
    text: `The first start takes a few minutes. This page works as soon as the account for it exists. ${NOT_AFFECTED}`,
  }),
  no_account: refusal(503, "no_account", {
    title: "The dashboard has no account in Helicone",
    text: `${NO_ACCOUNT} ${NOT_AFFECTED}`,
  }),
  unreachable: refusal(502, "unreachable", {
    title: "Helicone is not running",
    text: `It cannot be reached at the moment. ${NOT_AFFECTED}`,
  }),
  timed_out: refusal(504, "timed_out", {
    title: "Helicone takes too long",
    text: `It did not answer in time. ${NOT_AFFECTED}`,
  }),
  sign_in_refused: refusal(502, "sign_in_refused", {
    title: "Helicone does not know its account",
    text: `It was probably made anew. Once it is set up again, this page works. ${NOT_AFFECTED}`,
  }),
  signs_in_too_often: refusal(503, "try_again", {
    title: "Helicone lets nobody sign in at the moment",
    text: "It takes three sign-ins in ten seconds. Try again in ten seconds.",
  }),
  unusable: refusal(502, "bad_upstream", {
    title: "Helicone's answer cannot be used",
    text: `What answers at its address does not answer as Helicone does. ${NOT_AFFECTED}`,
  }),
};

/** What to tell of a failure. */
export function failureRefusal(failure: HeliconeFailure): Refusal {
  return FAILURES[failure];
}

/** Something of Helicone that the door keeps closed. */
export function closedRefusal(reason: string): Refusal {
  return refusal(403, "closed", { title: "This is closed", text: reason });
}

/** A request that the door does not pass on. */
export function objectionRefusal({ status, reason }: { status: number; reason: string }): Refusal {
  return refusal(status, "invalid_request", { title: "This request is not passed on", text: reason });
}
