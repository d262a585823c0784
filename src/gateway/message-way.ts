import type { Exchange, Forwarding, Upstream } from "#gateway/forward.ts";
import type { OpenCall } from "#ledger/call-record.ts";

/**
 * What Helicone has seen of a call on its way through. `none`: nothing. `whole`: all there was so far. `unsure`: some of it, and nobody
 * can tell whether it keeps that.
 */
export type HeliconeSight = "none" | "whole" | "unsure";

export type MessageForwarding = Forwarding & {
  heliconeSight(): HeliconeSight;
  /**
   * Says that the client has gone. True: the answer comes all the same, to its end, and nothing is sent again. Anthropic works on
   * and is paid for it where Helicone does not tell it to stop, and only who hears the answer out knows what it cost.
   */
  hearOut(): boolean;
};

/** The way of message calls to the upstream, and of their answers back. */
export type MessageWay = {
  forward(call: OpenCall, exchange: Exchange): MessageForwarding;
  /** Whether calls go through Helicone; null: they never do. */
  breaker(): BreakerReport | null;
  close(): Promise<void>;
};

/** `since` is an ISO instant; `reason`: why calls go around Helicone, null while they go through. */
export type BreakerReport = { state: "closed" | "open" | "half_open"; since: string; reason: string | null };

/** What Helicone has seen when a call is over. Whether it keeps one that ends before its answer does, nobody can tell. */
export function sightAtEnd(forwarding: MessageForwarding | null, end: "ended" | "cut" | "unsent"): HeliconeSight {
  const sight = forwarding?.heliconeSight() ?? "none";
  return sight === "whole" && end === "cut" ? "unsure" : sight;
}

/** Straight to Anthropic, always. */
export function directWay(upstream: Upstream): MessageWay {
  return {
    forward: (_call, exchange) => pastHelicone(upstream.forward(exchange)),
    breaker: () => null,
    close: () => Promise.resolve(),
  };
}

/** A call that Helicone hears nothing of. */
export function pastHelicone(forwarding: Forwarding): MessageForwarding {
  return Object.assign(forwarding, PAST_HELICONE);
}

const PAST_HELICONE = {
  heliconeSight: (): HeliconeSight => "none",
  hearOut: () => false,
};
