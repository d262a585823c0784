import type { AgentEndpoint, AgentHealth } from "#agents/runtime.ts";

/** Whether an agent's server answers and could run Claude Code, and if not, why. */
export type HealthReport = { health: AgentHealth; problem: string | null };

const ANSWER_MS_MAX = 2_000;
const SILENT: HealthReport = { health: "unhealthy", problem: "The agent's server does not answer." };

/** Asks the server. Never rejects. */
export async function askHealth({ url }: AgentEndpoint): Promise<HealthReport> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const answer: unknown = await response.json();
    if (!response.ok || typeof answer !== "object" || answer === null) return SILENT;
    const { claude_available: isAvailable, problem } = answer as Record<string, unknown>; // an object, as just checked
    if (isAvailable === true) return { health: "healthy", problem: null };
    return { health: "unhealthy", problem: typeof problem === "string" ? problem : SILENT.problem };
  } catch {
    return SILENT;
  }
}
