import { type Caller, composeClaudeCodeRequest } from "#demo/claude-code-request.ts";
import type { PlannedCall } from "#demo/planned-call.ts";

/**
 * How a live call ended, as the agent sees it. `refused`: final, as by a spent budget. `unknown_key`: the agent's key is not
 * valid any more. `failed`: worth another try. `unreachable`: no gateway there, or it went away in the middle.
 */
export type LiveOutcome = "answered" | "interrupted" | "refused" | "unknown_key" | "failed" | "unreachable";

const ANSWER_MS_MAX = 120_000;

/** Makes a planned call through the gateway and reads its answer to the end, or leaves early where that is planned. Never throws. */
export async function makeLiveCall(
  call: PlannedCall,
  caller: Caller,
  { gatewayUrl, signal }: { gatewayUrl: string; signal: AbortSignal },
): Promise<LiveOutcome> {
  const isLeftEarly = call.ending === "interrupted";
  const leaving = AbortSignal.timeout(isLeftEarly ? call.latencyMs : ANSWER_MS_MAX);
  try {
    const response = await fetch(`${gatewayUrl}/v1/messages?beta=true`, {
      ...composeClaudeCodeRequest(call, caller),
      signal: AbortSignal.any([signal, leaving]),
    });
    await readToEnd(response);
    return outcomeOf(response.status);
  } catch {
    const isOurs = signal.aborted || (isLeftEarly && leaving.aborted);
    return isOurs ? "interrupted" : "unreachable";
  }
}

/** Piece by piece: only that it comes matters. */
async function readToEnd(response: Response): Promise<void> {
  const reader = response.body?.getReader();
  while (reader !== undefined && !(await reader.read()).done);
}

function outcomeOf(status: number): LiveOutcome {
  if (status === 401) return "unknown_key";
  if (status < 400) return "answered";
  return status === 429 || status >= 500 ? "failed" : "refused";
}
