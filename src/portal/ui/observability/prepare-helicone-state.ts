import type { HeliconeReach, HeliconeStatus } from "#portal/client/answers.ts";

/** The one thing about Helicone that a person should know first. */
export type HeliconeConcern = { tone: "near" | "stop" | "unsure"; title: string; body: string };

const EFFECTS = {
  log: "Agents are not affected. Their calls wait, and Helicone is told of them as soon as it can take them.",
  around: "Agents are not affected. Their calls go straight to Anthropic, and Helicone is told of them later.",
  through:
    "Agents are not affected. Their calls still pass through Helicone, which may keep none of them. The gateway finds that out within half a minute: it sends them straight to Anthropic then, and tells Helicone later of those that it lacks.",
} as const;

/** What it means for calls. A Helicone that passes calls on may be unable to keep them; the portal may know before the gateway does. */
function effectOf({ mode, breaker }: HeliconeStatus): string {
  if (mode !== "proxy") return EFFECTS.log;
  return breaker === null || breaker.state === "closed" ? EFFECTS.through : EFFECTS.around;
}

/**
 * What keeps Helicone from showing the calls of now, the nearest cause first; null: nothing that anybody knows of. `reach`
 * undefined: it has not been asked yet.
 */
export function prepareConcern(status: HeliconeStatus, reach: HeliconeReach | undefined): HeliconeConcern | null {
  return concernOfReach(reach, effectOf(status)) ?? concernOfGateway(status);
}

function concernOfReach(reach: HeliconeReach | undefined, effect: string): HeliconeConcern | null {
  switch (reach?.state) {
    case "not_set_up": {
      const start = "Its account and keys are made when it first starts, which takes a few minutes and no click.";
      const absent = reach.isAlive ? "" : " It does not answer yet.";
      return { tone: "near", title: "Helicone is not set up yet", body: `${start}${absent} ${effect}` };
    }
    case "unreachable":
      return { tone: "stop", title: "Helicone cannot be reached", body: `${reach.problem} ${effect}` };
    case "failing":
      return {
        tone: "stop",
        title: "Helicone is there, but does not answer as it should",
        body: `${reach.problem} ${effect}`,
      };
    default:
      return null;
  }
}

function concernOfGateway(status: HeliconeStatus): HeliconeConcern | null {
  const { state, seenAt, breaker, backlog } = status;
  const effect = effectOf(status);
  if (state === "unknown") {
    const title = "No gateway says how it gets on with Helicone";
    const body =
      seenAt === null
        ? "None has reported yet, or Helicone is turned off where it runs. It needs the same HELICONE_ variables as the portal."
        : "It is silent; what is shown here are its last words. Check that the gateway is running.";
    return { tone: "unsure", title, body };
  }
  if (breaker !== null && breaker.state !== "closed") {
    return {
      tone: "near",
      title: "Calls go around Helicone at the moment",
      body: `${because(breaker.reason)}${effect}`,
    };
  }
  if (backlog?.failing) {
    return {
      tone: "near",
      title: "Helicone takes nothing at the moment",
      body: `${because(backlog.lastError)}${effect}`,
    };
  }
  return null;
}

/** Reasons are parts of sentences in the gateway's log; some are whole ones. */
function because(reason: string | null): string {
  if (reason === null || reason === "") return "";
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return `Why: ${sentence.replace(/\.$/, "")}. `;
}

/** How the switch between Helicone and Anthropic stands, in words. */
export const BREAKER_WORDS = {
  closed: "Calls go through Helicone",
  open: "Calls go straight to Anthropic",
  half_open: "Trying Helicone again, call by call",
} as const;

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** A size as people read it: "512 MB", "1.4 GB". */
export function formatBytes(bytes: number): string {
  const unit = bytes < 1_000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1_000 ** unit;
  return `${unit === 0 || amount >= 10 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}
