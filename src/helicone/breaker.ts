/**
 * Whether calls go through Helicone, as a value that events turn into the next one.
 *
 * `closed`: they do. `open`: they go around it until `probeAtMs`, when one probe may find out more. `half_open`: still around it,
 * but for one: first the probe (`probing`), then, where that passed, one real call (`untried` until it comes, `trying`).
 */
export type Breaker =
  | (Kept & { state: "closed" })
  | (Kept & { state: "open"; reason: string; probeAtMs: number })
  | (Kept & { state: "half_open"; reason: string; stage: "probing" | "untried" | "trying" });

type Kept = {
  /** Since when calls go through it, or around it. */
  sinceMs: number;
  /** How often it has opened. Calls remember it: those that began before the last time have nothing to say any more. */
  openings: number;
  /** Failures without a whole answer between them. */
  strikes: number;
};

/** What happens. */
export type BreakerEvent = CallEvent | ProbeEvent;

/** `openings`: of the breaker when the call began. */
type CallEvent =
  | { kind: "call_failed"; openings: number; reason: string }
  /** The answer has begun, and can be read. */
  | { kind: "call_answered"; openings: number }
  | { kind: "call_completed"; openings: number }
  /** It ended without telling anything of Helicone. */
  | { kind: "call_abandoned"; openings: number };

type ProbeEvent =
  | { kind: "trial_began" }
  | { kind: "probe_began" }
  | { kind: "probe_passed" }
  | { kind: "probe_failed"; reason: string }
  /** It passes calls on, and was found not to keep them. */
  | { kind: "keeping_failed"; reason: string };

/** How long calls go around Helicone after the first failure, and after many. */
const FIRST_PAUSE_MS = 2_000;
const PAUSE_MS_MAX = 60_000;

/** A breaker that lets calls through. */
export function closedBreaker(nowMs: number): Breaker {
  return { state: "closed", sinceMs: nowMs, openings: 0, strikes: 0 };
}

/** Where a call that begins now goes. `trial`: through Helicone, as the only one; say so by `trial_began`. */
export function wayOf(breaker: Breaker): "through" | "trial" | "around" {
  if (breaker.state === "closed") return "through";
  return breaker.state === "half_open" && breaker.stage === "untried" ? "trial" : "around";
}

/** How long calls go around Helicone after so many failures in a row (>= 1), in milliseconds: doubling, up to a minute. */
export function pauseMs(strikes: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (strikes - 1), PAUSE_MS_MAX);
}

/**
 * The breaker after an event. One failure opens it: the call that found it goes on by the other way, so nothing is lost by that.
 * Only a probe and then a real call close it again, and only a whole answer makes it forget earlier failures. An event that does
 * not fit (of an old call, a probe before its time) changes nothing: the same value is returned.
 */
export function advance(breaker: Breaker, event: BreakerEvent, nowMs: number): Breaker {
  if (!("openings" in event)) return afterProbe(breaker, event, nowMs);
  return event.openings === breaker.openings ? afterCall(breaker, event, nowMs) : breaker;
}

function afterCall(breaker: Breaker, event: CallEvent, nowMs: number): Breaker {
  const isTrying = atStage(breaker, "trying");
  switch (event.kind) {
    case "call_failed":
      return breaker.state === "open" ? breaker : opened(breaker, event.reason, nowMs);
    case "call_answered":
      return isTrying ? closed(breaker, nowMs) : breaker;
    case "call_completed":
      return forgiven(isTrying ? closed(breaker, nowMs) : breaker);
    case "call_abandoned":
      return isTrying ? { ...breaker, stage: "untried" } : breaker;
  }
}

function afterProbe(breaker: Breaker, event: ProbeEvent, nowMs: number): Breaker {
  switch (event.kind) {
    case "trial_began":
      return atStage(breaker, "untried") ? { ...breaker, stage: "trying" } : breaker;
    case "probe_began":
      return breaker.state === "open" && nowMs >= breaker.probeAtMs ? probing(breaker) : breaker;
    case "probe_passed":
      return atStage(breaker, "probing") ? { ...breaker, stage: "untried" } : breaker;
    case "probe_failed":
      return atStage(breaker, "probing") ? opened(breaker, event.reason, nowMs) : breaker;
    case "keeping_failed":
      // While calls go around it, the probe that lets them through again asks the same.
      return breaker.state === "open" || atStage(breaker, "probing") ? breaker : opened(breaker, event.reason, nowMs);
  }
}

type HalfOpen = Extract<Breaker, { state: "half_open" }>;

function atStage(breaker: Breaker, stage: HalfOpen["stage"]): breaker is HalfOpen {
  return breaker.state === "half_open" && breaker.stage === stage;
}

function opened(breaker: Breaker, reason: string, nowMs: number): Breaker {
  const strikes = breaker.strikes + 1;
  return {
    state: "open",
    sinceMs: breaker.state === "closed" ? nowMs : breaker.sinceMs,
    openings: breaker.openings + 1,
    strikes,
    reason,
    probeAtMs: nowMs + pauseMs(strikes),
  };
}

function closed({ openings, strikes }: Breaker, nowMs: number): Breaker {
  return { state: "closed", sinceMs: nowMs, openings, strikes };
}

function probing({ sinceMs, openings, strikes, reason }: Extract<Breaker, { state: "open" }>): Breaker {
  return { state: "half_open", sinceMs, openings, strikes, reason, stage: "probing" };
}

function forgiven(breaker: Breaker): Breaker {
  return breaker.state === "closed" && breaker.strikes > 0 ? { ...breaker, strikes: 0 } : breaker;
}
