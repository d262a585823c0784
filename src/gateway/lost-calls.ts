import type { PriceList } from "#domain/price-list.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { dueOfLostCall } from "#gateway/helicone-log.ts";
import type { Journal } from "#gateway/journal.ts";
import { settleCall } from "#gateway/settlement.ts";
import type { Log } from "#log.ts";

/** `heliconeMode`: how Helicone learns of calls; null: not at all. */
type Settling = { journal: Journal; prices: PriceList; heliconeMode: "log" | "proxy" | null; log: Log };

/** Settles the calls that were open when an earlier gateway ended, by what had been reported of them. */
export function settleLostCalls({ journal, prices, heliconeMode, log }: Settling): void {
  const helicone = dueOfLostCall(heliconeMode);
  for (const { call, start } of journal.lost) {
    const metered = {
      usage: start?.usage ?? UNREPORTED_USAGE,
      model: start?.model ?? null,
      streamedCharacters: 0,
      isComplete: false,
      errorType: null,
    };
    const ending = { kind: "cut", status: null, errorType: "gateway_stopped" } as const;
    const timing = { latencyMs: null, firstByteMs: null, overheadUs: null };
    journal.settled(settleCall({ call, ending, metered, timing, upstreamRequestId: null, helicone }, prices));
  }
  if (journal.lost.length > 0) {
    log.warn(
      { calls: journal.lost.length },
      "Calls that were open when the gateway ended are charged by what is known",
    );
  }
}
