import { createUpstream, type Upstream } from "#gateway/forward.ts";
import { startAttempt } from "#gateway/helicone-attempt.ts";
import type { HeliconeDoubt } from "#gateway/helicone-doubt.ts";
import { watchKeeping } from "#gateway/helicone-keeping.ts";
import { probeHelicone } from "#gateway/helicone-probe.ts";
import { createHeliconeSwitch } from "#gateway/helicone-switch.ts";
import type { KnownAgent } from "#gateway/identify-agent.ts";
import { type MessageWay, pastHelicone } from "#gateway/message-way.ts";
import { createSignsOfLife } from "#gateway/signs-of-life.ts";
import { heliconeHeaders } from "#helicone/call-tags.ts";
import type { OpenCall } from "#ledger/call-record.ts";
import { type Clock, SYSTEM_CLOCK } from "#limits/turns.ts";
import type { Log } from "#log.ts";

export type HeliconeWayParts = {
  /** Straight to Anthropic. */
  direct: Upstream;
  settings: {
    url: string;
    timeoutMs: number;
    idleTimeoutMs: number;
    headersTimeoutMs: number;
    /** How often Helicone is asked whether it keeps what passes through it. */
    keepingCheckMs: number;
  };
  /** What would keep Helicone from keeping calls, as a sentence; null: nothing that is known. Never rejects. */
  askKeeping: () => Promise<string | null>;
  doubts: HeliconeDoubt;
  /** Helicone's write key; null: there is none yet. */
  writeKey: () => string | null;
  agentById: (agentId: number) => KnownAgent | undefined;
  log: Log;
};

const ROUTE = "/v1/gateway/anthropic";
/** Node's servers close an idle connection after 5 s. Helicone repeats what Anthropic's said, which is more. */
const KEPT_OPEN_MS = 4_000;
/** For silences: not moved by corrections of the date. */
const STEADY_CLOCK: Clock = { nowMs: () => performance.now(), after: SYSTEM_CLOCK.after };

/**
 * Calls go through Helicone to Anthropic while that works, and straight to Anthropic while it does not. A call whose answer has not
 * begun when Helicone fails goes on straight to Anthropic; its client sees nothing of that. A Helicone that passes calls on and cannot
 * keep them fails as well, though no call shows it: it is asked, beside the calls.
 */
export function createHeliconeWay(wayParts: HeliconeWayParts): MessageWay {
  const { direct, settings, writeKey, doubts, agentById, log } = wayParts;
  const helicone = createUpstream({ ...settings, url: `${settings.url}${ROUTE}`, keptOpenMs: KEPT_OPEN_MS });
  const breaker = createHeliconeSwitch({
    clock: SYSTEM_CLOCK,
    probe: async () => {
      const [passing, keeps] = await Promise.all([probeHelicone(helicone, settings.timeoutMs), keeping.ask()]);
      return passing.isAlive ? keeps : passing;
    },
    onOpened: () => doubts.doubt(new Date(keeping.keptUntilMs())),
    log,
  });
  const keeping = watchKeeping({
    clock: SYSTEM_CLOCK,
    askProblem: wayParts.askKeeping,
    intervalMs: settings.keepingCheckMs,
    isPassing: () => breaker.report().state !== "open",
    onFailure: (reason) => breaker.tell({ kind: "keeping_failed", reason }),
  });
  const signs = createSignsOfLife({
    timeoutMs: settings.timeoutMs,
    clock: STEADY_CLOCK,
    probe: async (timeoutMs) => (await probeHelicone(helicone, timeoutMs)).isAlive,
  });
  const startedAt = new Date().toISOString();
  const parts = { direct, helicone, signs, tell: breaker.tell, openings: breaker.openings };

  const headersOf = (call: OpenCall): string[] | null => {
    const [key, agent] = [writeKey(), agentById(call.agentId)];
    return key === null || agent === undefined ? null : heliconeHeaders({ ...call, agent }, key);
  };
  return {
    forward(call, exchange) {
      const added = headersOf(call);
      if (added === null) return pastHelicone(direct.forward(exchange));
      const { way, openings } = breaker.way();
      if (way === "around") return pastHelicone(direct.forward(exchange));
      return startAttempt(parts, { exchange, openings, headers: [...exchange.headers, ...added] });
    },
    breaker: () =>
      writeKey() === null
        ? { state: "open", since: startedAt, reason: "there is no key for it yet" }
        : breaker.report(),
    async close() {
      signs.stop();
      keeping.stop();
      doubts.stop();
      breaker.stop();
      await helicone.close();
    },
  };
}
