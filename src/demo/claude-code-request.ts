import type { PlannedCall } from "#demo/planned-call.ts";

/** Whose call it is: the agent's key, the session, and how many calls the session made before. */
export type Caller = { virtualKey: string; sessionId: string; ordinal: number };

const VERSION = "2.1.330";
const OUTPUT_TOKENS_MAX = 128_000;
const CHARACTERS_PER_TOKEN = 4;
const ANSWER_CHARACTERS_MAX = 2_400;
/** The upstream streams 24 characters at a time; this makes some 80 tokens a second. */
const CHUNK_DELAY_MS = 75;

const BETAS = "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24";

const PROMPTS = [
  "Look at the failing check and say what broke it.",
  "Go through the open comments and answer them.",
  "Find where this value is read and whether it can be null there.",
  "Summarise what changed since yesterday in three sentences.",
  "Write the missing test first, then the fix.",
  "Compare both approaches and recommend one.",
] as const;

/** The request that Claude Code would make for a planned call. Its last message tells the scripted upstream how to answer. */
export function composeClaudeCodeRequest(call: PlannedCall, caller: Caller): RequestInit {
  return {
    method: "POST",
    headers: composeHeaders(call, caller),
    body: JSON.stringify(composeBody(call, caller)),
  };
}

function composeHeaders({ promptId, subagentId }: PlannedCall, { virtualKey, sessionId }: Caller) {
  return {
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": `claude-cli/${VERSION} (external, sdk-cli)`,
    authorization: `Bearer ${virtualKey}`,
    "anthropic-version": "2023-06-01",
    "anthropic-beta": BETAS,
    "x-app": "cli",
    "x-claude-code-session-id": sessionId,
    "x-claude-code-prompt-id": promptId,
    ...(subagentId === null ? {} : { "x-claude-code-agent-id": subagentId }),
  };
}

function composeBody(call: PlannedCall, { sessionId, ordinal }: Caller) {
  const billing = `x-anthropic-billing-header: cc_version=${VERSION}; cc_entrypoint=sdk-cli;`;
  const prompt = PROMPTS[ordinal % PROMPTS.length] ?? PROMPTS[0];
  const text = `${prompt}\n\n[[script: ${JSON.stringify(composeScript(call))}]]`;
  return {
    model: call.model,
    messages: [{ role: "user", content: [{ type: "text", text, cache_control: { type: "ephemeral" } }] }],
    system: [
      { type: "text", text: billing },
      { type: "text", text: "You are an agent of the demo.", cache_control: { type: "ephemeral" } },
    ],
    tools: ["Bash", "Edit", "Glob", "Grep", "Read", "Write"].map(composeTool),
    metadata: { user_id: JSON.stringify({ device_id: "demo", account_uuid: "", session_id: sessionId }) },
    max_tokens: OUTPUT_TOKENS_MAX,
    output_config: { effort: "medium" },
    stream: true,
  };
}

function composeTool(name: string) {
  const input_schema = { type: "object", properties: { input: { type: "string" } }, required: ["input"] };
  return { name, description: `${name} in the agent's working folder.`, input_schema };
}

/** How the scripted upstream answers: with exactly the planned usage, at a believable pace, or with an error. */
function composeScript({ ending, usage, firstByteMs }: PlannedCall) {
  if (ending === "overloaded") return { kind: "error", status: 529, message: "Overloaded" };
  const write5m = usage.cacheCreation5mInputTokens ?? 0;
  const write1h = usage.cacheCreation1hInputTokens ?? 0;
  const outputTokens = usage.outputTokens ?? 0;
  const counts = {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: write5m + write1h,
    cache_read_input_tokens: usage.cacheReadInputTokens,
  };
  const cache_creation = { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h };
  const searches = usage.webSearchRequests;
  return {
    length: Math.min(outputTokens * CHARACTERS_PER_TOKEN, ANSWER_CHARACTERS_MAX),
    headersDelayMs: firstByteMs,
    chunkDelayMs: CHUNK_DELAY_MS,
    startUsage: { ...counts, cache_creation, output_tokens: 1, service_tier: "standard", inference_geo: "global" },
    deltaUsage: {
      ...counts,
      output_tokens: outputTokens,
      ...(searches === null ? {} : { server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } }),
    },
  };
}
