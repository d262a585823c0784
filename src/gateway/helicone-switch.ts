import type { ProbeResult } from "#gateway/helicone-probe.ts";
import type { BreakerReport } from "#gateway/message-way.ts";
import { advance, type Breaker, type BreakerEvent, closedBreaker, wayOf } from "#helicone/breaker.ts";
import type { Clock } from "#limits/turns.ts";
import type { Log } from "#log.ts";

export type HeliconeSwitch = {
  /** Where a call that begins now goes, and the breaker's openings, which the call remembers. */
  way(): { way: "through" | "around"; openings: number };
  /** How often it has opened so far. */
  openings(): number;
  tell(event: BreakerEvent): void;
  report(): BreakerReport;
  stop(): void;
};

type Parts = {
  clock: Clock;
  probe: () => Promise<ProbeResult>;
  /** Calls went through Helicone until now, and go around it. */
  onOpened: () => void;
  log: Log;
};

/** The breaker with its clock: it probes when a probe is due, and says in the log when calls begin to go another way. */
export function createHeliconeSwitch({ clock, probe, onOpened, log }: Parts): HeliconeSwitch {
  let breaker: Breaker = closedBreaker(clock.nowMs());
  let cancelProbe: () => void = () => undefined;
  let isStopped = false;

  const tell = (event: BreakerEvent) => {
    const before = breaker;
    breaker = advance(before, event, clock.nowMs());
    if (breaker === before || isStopped) return;
    logChange(log, before, breaker);
    if (before.state === "closed" && breaker.state === "open") onOpened();
    awaitProbe();
  };
  const awaitProbe = () => {
    if (breaker.state !== "open") return;
    cancelProbe();
    cancelProbe = clock.after(Math.max(breaker.probeAtMs - clock.nowMs(), 1), runProbe);
  };
  const runProbe = () => {
    tell({ kind: "probe_began" });
    awaitProbe(); // where the timer was early
    if (breaker.state !== "half_open" || breaker.stage !== "probing") return;
    probe()
      .then((result) => tell(result.isAlive ? { kind: "probe_passed" } : { ...result, kind: "probe_failed" }))
      .catch((error: unknown) => tell({ kind: "probe_failed", reason: String(error) }));
  };

  return {
    way() {
      const way = wayOf(breaker);
      if (way === "trial") tell({ kind: "trial_began" });
      return { way: way === "around" ? "around" : "through", openings: breaker.openings };
    },
    openings: () => breaker.openings,
    tell,
    report: () => ({
      state: breaker.state,
      since: new Date(breaker.sinceMs).toISOString(),
      reason: breaker.state === "closed" ? null : breaker.reason,
    }),
    stop() {
      isStopped = true;
      cancelProbe();
    },
  };
}

/** A line when calls begin to go around Helicone, and one when they go through it again. */
function logChange(log: Log, before: Breaker, after: Breaker): void {
  if (before.state === "closed" && after.state !== "closed") {
    log.warn({ reason: after.reason }, "Helicone fails: calls go straight to Anthropic until it works again");
  }
  if (before.state !== "closed" && after.state === "closed") {
    log.info({ aroundMs: after.sinceMs - before.sinceMs }, "Helicone works again: calls go through it");
  }
}
