import { type BoundedKeys, createBoundedKeys } from "#domain/bounded-keys.ts";
import { createHistogram, type Histogram } from "#domain/histogram.ts";
import { MODEL_FAMILIES, type ModelFamily, modelFamilyOf } from "#domain/model-family.ts";
import { CALL_OUTCOMES, type CallOutcome, type SettledCall } from "#ledger/call-record.ts";

export const TOKEN_TYPES = ["input", "output", "cache_read", "cache_creation_5m", "cache_creation_1h"] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];

export const STATUS_CLASSES = ["none", "2xx", "3xx", "4xx", "5xx"] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

/** Why the gateway itself answered: at admission, or before a call was known at all. */
export const REFUSAL_REASONS = [
  "budget",
  "paused",
  "rate_limit",
  "crowded",
  "removed",
  "unrecordable",
  "unidentified",
  "invalid_request",
  "not_served",
  "too_large",
  "stopping",
  "fault",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The bounds that OpenTelemetry's GenAI conventions ask for, in seconds and tokens; those of the overhead are ours. */
const DURATION_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_S = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
const OVERHEAD_S = [25e-6, 50e-6, 1e-4, 15e-5, 25e-5, 5e-4, 1e-3, 25e-4, 5e-3, 0.01, 0.05];

/** What one agent has come to. Costs are in nano-USD, as a number: exact up to nine million dollars. */
export type AgentFigures = { calls: number; costNano: number; tokens: Float64Array };

/** Of one family of models. */
export type FamilyFigures = {
  costNano: number;
  /** By token type. */
  tokens: Float64Array;
  /** By outcome, streamed or not, and class of status: `callsAt`. */
  calls: Float64Array;
  input: Histogram;
  output: Histogram;
  duration: Histogram;
  firstToken: Histogram;
};

/** What this gateway's calls have come to since it started. Counting allocates nothing. */
export type CallFigures = {
  count(call: SettledCall): void;
  refused(reason: RefusalReason): void;
  families: Readonly<Record<ModelFamily, FamilyFigures>>;
  agents: BoundedKeys<number, AgentFigures>;
  refusals: Readonly<Record<RefusalReason, number>>;
  overhead: Histogram;
  estimated(): number;
};

/** `agentsMax`: how many agents are told apart. */
export function createCallFigures(agentsMax: number): CallFigures {
  const families = Object.fromEntries(MODEL_FAMILIES.map((family) => [family, createFamilyFigures()])) as Record<
    ModelFamily,
    FamilyFigures
  >; // one of each
  const refusals = Object.fromEntries(REFUSAL_REASONS.map((reason) => [reason, 0])) as Record<RefusalReason, number>; // likewise
  const agents = createBoundedKeys<number, AgentFigures>(agentsMax, () => ({
    calls: 0,
    costNano: 0,
    tokens: new Float64Array(TOKEN_TYPES.length),
  }));
  const overhead = createHistogram(OVERHEAD_S);
  let estimated = 0;
  return {
    count(call) {
      const costNano = Number(call.listCost);
      const family = families[modelFamilyOf(call.model)];
      addCall(family, call, costNano);
      const agent = agents.of(call.agentId);
      agent.calls += 1;
      agent.costNano += costNano;
      addTokens(agent.tokens, call);
      if (call.overheadUs !== null) overhead.observe(call.overheadUs / 1e6);
      if (call.isEstimated) estimated += 1;
    },
    refused(reason) {
      refusals[reason] += 1;
    },
    families,
    agents,
    refusals,
    overhead,
    estimated: () => estimated,
  };
}

function createFamilyFigures(): FamilyFigures {
  return {
    costNano: 0,
    tokens: new Float64Array(TOKEN_TYPES.length),
    calls: new Float64Array(CALL_OUTCOMES.length * 2 * STATUS_CLASSES.length),
    input: createHistogram(TOKENS),
    output: createHistogram(TOKENS),
    duration: createHistogram(DURATION_S),
    firstToken: createHistogram(FIRST_TOKEN_S),
  };
}

function addCall(family: FamilyFigures, call: SettledCall, costNano: number): void {
  family.costNano += costNano;
  addTokens(family.tokens, call);
  const at = callsAt(CALL_OUTCOMES.indexOf(call.outcome), call.isStreamed, statusClassAt(call.status));
  family.calls[at] = (family.calls[at] ?? 0) + 1;
  if (call.inputTokens !== null) family.input.observe(call.inputTokens);
  if (call.outputTokens !== null) family.output.observe(call.outputTokens);
  if (call.latencyMs !== null) family.duration.observe(call.latencyMs / 1000);
  if (call.firstByteMs !== null) family.firstToken.observe(call.firstByteMs / 1000);
}

function addTokens(sums: Float64Array, call: SettledCall): void {
  add(sums, 0, call.inputTokens);
  add(sums, 1, call.outputTokens);
  add(sums, 2, call.cacheReadInputTokens);
  add(sums, 3, call.cacheCreation5mInputTokens);
  add(sums, 4, call.cacheCreation1hInputTokens);
}

function add(sums: Float64Array, at: number, tokens: number | null): void {
  if (tokens !== null) sums[at] = (sums[at] ?? 0) + tokens;
}

function statusClassAt(status: number | null): number {
  const first = status === null ? 0 : Math.floor(status / 100);
  return first >= 2 && first <= 5 ? first - 1 : 0;
}

function callsAt(outcome: number, isStreamed: boolean, statusClass: number): number {
  return (outcome * 2 + (isStreamed ? 1 : 0)) * STATUS_CLASSES.length + statusClass;
}

/** The calls of a family that there were, with what tells them apart. */
export function callsOf({ calls }: FamilyFigures) {
  const found: { outcome: CallOutcome; isStreamed: boolean; status: StatusClass; count: number }[] = [];
  CALL_OUTCOMES.forEach((outcome, outcomeAt) => {
    for (const isStreamed of [false, true]) {
      STATUS_CLASSES.forEach((status, statusAt) => {
        const count = calls[callsAt(outcomeAt, isStreamed, statusAt)] ?? 0;
        if (count > 0) found.push({ outcome, isStreamed, status, count });
      });
    }
  });
  return found;
}
