import { createEventBoundary } from "#gateway/event-boundary.ts";
import type { Gateway } from "#gateway/gateway.ts";
import { type Refusal, toErrorBody } from "#gateway/refusal.ts";
import { costSoFar } from "#gateway/settlement.ts";
import type { Metered } from "#gateway/usage-meter.ts";
import type { OpenCall } from "#ledger/call-record.ts";
import type { LiveCall } from "#limits/admission.ts";

/** Follows one streamed answer whose budget cuts what runs when its limit is reached. */
export type HardStop = {
  /**
   * Reads on; `metered` includes this chunk. Null: the answer goes on. Else it is cut, after so many bytes of this chunk: where
   * an event ends, so that what has been sent is a valid stream.
   */
  cutAfter(chunk: Buffer, metered: Metered): number | null;
};

/** Null for a call none of whose budgets cut running answers. */
export function createHardStop(gateway: Gateway, { call, live }: { call: OpenCall; live: LiveCall }): HardStop | null {
  if (!gateway.admission.isCutAtLimit(live)) return null;
  const boundary = createEventBoundary();
  let mustCut = false;
  return {
    cutAfter(chunk, metered) {
      const end = boundary.feed(chunk);
      // Before the answer says what its input cost, there is nothing to cut.
      if (metered.usage.inputTokens === null) return null;
      mustCut ||= gateway.admission.meter(live, costSoFar(call, metered, gateway.prices()));
      return mustCut && end > 0 ? end : null;
    },
  };
}

/** A refusal as the last event of a stream that has begun. */
export function toErrorEvent(refusal: Refusal, requestId: string): string {
  return `event: error\ndata: ${toErrorBody(refusal, requestId)}\n\n`;
}
