import type { PlannedCall } from "#demo/planned-call.ts";
import type { Random } from "#demo/seeded-random.ts";
import { BUILT_IN_PRICE_LIST } from "#domain/price-list.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";
import { type Ending, settleCall } from "#gateway/settlement.ts";
import type { Metered } from "#gateway/usage-meter.ts";
import type { OpenCall, SettledCall } from "#ledger/call-record.ts";

/** A planned call of a certain agent, at a certain instant. */
export type DatedCall = PlannedCall & { agentId: number; sessionId: string; admittedAt: Date };

const CHARACTERS_PER_TOKEN = 4;

/** The call as the gateway takes it in. */
export function openPlannedCall(call: DatedCall, random: Random): OpenCall {
  const { agentId, admittedAt, sessionId, subagentId, promptId, usage } = call;
  const promptTokens = (usage.cacheReadInputTokens ?? 0) + (usage.cacheCreation5mInputTokens ?? 0);
  return {
    id: random.callId(admittedAt),
    ...{ agentId, admittedAt, sessionId, subagentId, promptId },
    requestedModel: call.model,
    isStreamed: true,
    requestBytes: promptTokens * CHARACTERS_PER_TOKEN,
  };
}

/** The call at its end, as the gateway would have settled and priced it. */
export function settlePlannedCall(call: DatedCall, random: Random): SettledCall {
  const { ending, metered } = seenByGateway(call);
  const { firstByteMs, latencyMs } = call;
  return settleCall(
    {
      call: openPlannedCall(call, random),
      ending,
      metered,
      timing: { firstByteMs, latencyMs, overheadUs: random.int(180, 700) },
      upstreamRequestId: `req_011C${random.letters(20)}`,
    },
    BUILT_IN_PRICE_LIST,
  );
}

/** What passed through: everything, an error, or the beginning of an answer. */
function seenByGateway({ ending, usage, model, firstByteMs, latencyMs }: DatedCall): {
  ending: Ending;
  metered: Metered;
} {
  const metered = { usage, model, streamedCharacters: 0, isComplete: true, errorType: null };
  switch (ending) {
    case "answered":
      return { ending: { kind: "ended", status: 200 }, metered };
    case "overloaded":
      return {
        ending: { kind: "ended", status: 529 },
        metered: { ...metered, usage: UNREPORTED_USAGE, model: null, isComplete: false, errorType: "overloaded_error" },
      };
    case "interrupted": {
      const streamedTokens = Math.round((latencyMs - firstByteMs) / 12);
      const streamedCharacters = Math.min(streamedTokens, usage.outputTokens ?? 0) * CHARACTERS_PER_TOKEN;
      return {
        ending: { kind: "cut", status: 200, errorType: "client_disconnected" },
        metered: { ...metered, usage: { ...usage, outputTokens: 1 }, streamedCharacters, isComplete: false },
      };
    }
  }
}
