import type { PlannedCall, PlannedEnding, PlannedSession } from "#demo/planned-call.ts";
import type { Random } from "#demo/seeded-random.ts";
import { UNREPORTED_USAGE } from "#domain/token-usage.ts";

/** How an agent works: what its sessions look like to the gateway. Token counts, turns and pauses are medians. */
export type WorkStyle = {
  /** Which model a session runs on; the weights are relative. */
  models: readonly (readonly [model: string, weight: number])[];
  turnsPerSession: number;
  /** Tools and system prompt: the beginning that all sessions of an agent share. */
  basePromptTokens: number;
  /** What a turn adds to the conversation: the answer before it and the results of its tools. */
  addedTokensPerTurn: number;
  outputTokensPerTurn: number;
  secondsBetweenTurns: number;
  /** The share of turns after which somebody takes their time, and the upstream's cache may forget. */
  shareOfLongPauses: number;
  cacheLifetime: "5m" | "1h";
  /** Subagents that some turns start; they work at the same time. */
  subagents: { model: string; shareOfTurns: number } | null;
  shareOfTurnsThatSearchTheWeb: number;
};

/** One line of work within a session: the session itself, or one of its subagents. */
type Thread = {
  model: string;
  style: WorkStyle;
  /** Tokens the upstream has in its cache for this conversation; 0: nothing that would be found. */
  cachedTokens: number;
  /** Of those, what other sessions have put there. */
  sharedTokens: number;
  atMs: number;
  promptId: string;
  subagentId: string | null;
};

const CACHE_5M_MS = 5 * 60_000;
/** Claude Code sums a conversation up before it fills the model's window. */
const CONTEXT_TOKENS_MAX = 160_000;
const SUMMARY_TOKENS = 6_000;
const TURNS_PER_PROMPT = 7;
const SHARE_OVERLOADED = 0.006;
const SHARE_INTERRUPTED = 0.004;
const LONG_PAUSE_SECONDS = 540;

/**
 * Makes up one session: a conversation that grows turn by turn, is read from the upstream's cache while that holds it and
 * written to it again when a pause was too long, with subagents, web searches, and now and then a call that fails.
 */
export function planSession(style: WorkStyle, random: Random): PlannedSession {
  const thread: Thread = {
    model: random.pick(style.models),
    style,
    cachedTokens: random.chance(0.6) ? style.basePromptTokens : 0,
    sharedTokens: style.basePromptTokens,
    atMs: 0,
    promptId: random.uuid(),
    subagentId: null,
  };
  const calls: PlannedCall[] = [];
  const turns = random.around(style.turnsPerSession);
  for (let turn = 0; turn < turns; turn += 1) {
    calls.push(...takeTurn(thread, random));
    if (style.subagents !== null && random.chance(style.subagents.shareOfTurns)) {
      calls.push(...runSubagents(thread, style.subagents.model, random));
    }
    if (turn % TURNS_PER_PROMPT === TURNS_PER_PROMPT - 1) thread.promptId = random.uuid();
  }
  calls.sort((a, b) => a.offsetMs - b.offsetMs);
  const durationMs = Math.max(...calls.map((call) => call.offsetMs + call.latencyMs));
  return { sessionId: random.uuid(), calls, durationMs };
}

/** One turn; a call that failed or was interrupted is made again, as Claude Code does. Moves the thread on. */
function takeTurn(thread: Thread, random: Random): PlannedCall[] {
  const call = planCall(thread, random);
  const ending = endingOf(random);
  thread.cachedTokens = Math.min(
    (call.usage.cacheReadInputTokens ?? 0) + writtenTokens(call),
    CONTEXT_TOKENS_MAX + SUMMARY_TOKENS,
  );
  const calls = ending === "answered" ? [call] : [{ ...call, ...endedEarly(call, ending, random) }];
  if (ending !== "answered") calls.push({ ...call, offsetMs: call.offsetMs + random.int(1_500, 4_000) });
  const last = calls.at(-1) ?? call;
  pause(thread, last.offsetMs + last.latencyMs, random);
  return calls;
}

function planCall(thread: Thread, random: Random): PlannedCall {
  const { style, promptId, subagentId, model } = thread;
  const isFull = thread.cachedTokens > CONTEXT_TOKENS_MAX;
  const read = isFull ? style.basePromptTokens : thread.cachedTokens;
  const added = isFull ? SUMMARY_TOKENS : random.around(style.addedTokensPerTurn);
  const written = (read === 0 ? thread.sharedTokens : 0) + added;
  const isLong = style.cacheLifetime === "1h";
  const output = random.around(style.outputTokensPerTurn);
  const firstByteMs = 300 + random.around(700);
  return {
    offsetMs: thread.atMs,
    model,
    usage: {
      ...UNREPORTED_USAGE,
      inputTokens: random.int(3, 14),
      outputTokens: output,
      cacheReadInputTokens: read,
      cacheCreation5mInputTokens: isLong ? 0 : written,
      cacheCreation1hInputTokens: isLong ? written : 0,
      webSearchRequests: random.chance(style.shareOfTurnsThatSearchTheWeb) ? random.int(1, 3) : null,
      inferenceGeo: "global",
    },
    ending: "answered",
    firstByteMs,
    latencyMs: firstByteMs + Math.round(output * random.int(9, 16)),
    promptId,
    subagentId,
  };
}

function endingOf(random: Random): PlannedEnding {
  const share = random.next();
  if (share < SHARE_OVERLOADED) return "overloaded";
  return share < SHARE_OVERLOADED + SHARE_INTERRUPTED ? "interrupted" : "answered";
}

function endedEarly(call: PlannedCall, ending: PlannedEnding, random: Random) {
  const latencyMs = ending === "overloaded" ? random.int(90, 400) : random.int(call.firstByteMs, call.latencyMs);
  return { ending, latencyMs, firstByteMs: Math.min(call.firstByteMs, latencyMs) };
}

function pause(thread: Thread, answeredMs: number, random: Random): void {
  const isLong = thread.subagentId === null && random.chance(thread.style.shareOfLongPauses);
  const seconds = random.around(isLong ? LONG_PAUSE_SECONDS : thread.style.secondsBetweenTurns);
  thread.atMs = answeredMs + seconds * 1_000;
  const isForgotten = thread.style.cacheLifetime === "5m" && seconds * 1_000 > CACHE_5M_MS;
  if (!isForgotten) return;
  thread.sharedTokens = Math.max(thread.cachedTokens, thread.style.basePromptTokens);
  thread.cachedTokens = 0;
}

/** Two or three at the same time, each with a conversation of its own; the session goes on when the last is done. */
function runSubagents(parent: Thread, model: string, random: Random): PlannedCall[] {
  const basePromptTokens = Math.round(parent.style.basePromptTokens * 0.6);
  const style: WorkStyle = { ...parent.style, basePromptTokens, secondsBetweenTurns: 4, subagents: null };
  const calls = Array.from({ length: random.int(2, 3) }, () => {
    const thread: Thread = {
      ...{ model, style, atMs: parent.atMs, promptId: parent.promptId, sharedTokens: basePromptTokens },
      cachedTokens: random.chance(0.7) ? basePromptTokens : 0,
      subagentId: `agent-${random.letters(8).toLowerCase()}`,
    };
    return Array.from({ length: random.int(2, 6) }, () => takeTurn(thread, random)).flat();
  }).flat();
  pause(parent, Math.max(...calls.map((call) => call.offsetMs + call.latencyMs)), random);
  return calls;
}

function writtenTokens({ usage }: PlannedCall): number {
  return (usage.cacheCreation5mInputTokens ?? 0) + (usage.cacheCreation1hInputTokens ?? 0);
}
