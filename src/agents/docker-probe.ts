import { z } from "zod";

import type { DockerEngine } from "#agents/docker-engine.ts";

const TIMEOUT_MS = 8_000;
const ANSWER_MAX = 20_000;

/** The token is the container's own and does not leave it. */
const WITH_NODE = `
fetch("http://127.0.0.1:" + (process.env.AGENT_SERVER_PORT || 8000) + process.argv[1], {
  ...(process.argv[2] ? { method: "POST", body: process.argv[2] } : {}),
  headers: { "content-type": "application/json", "x-trinity-agent-token": process.env.TRINITY_AGENT_AUTH_TOKEN || "" },
  signal: AbortSignal.timeout(4000),
}).then(async (answer) => {
  process.stdout.write((await answer.text()).slice(0, ${ANSWER_MAX}), () => process.exit(answer.ok ? 0 : 22));
}).catch(() => process.exit(7));`;

const WITH_PYTHON = `
import os, sys, urllib.request
url = "http://127.0.0.1:" + (os.environ.get("AGENT_SERVER_PORT") or "8000") + sys.argv[1]
headers = {"content-type": "application/json", "x-trinity-agent-token": os.environ.get("TRINITY_AGENT_AUTH_TOKEN") or ""}
data = sys.argv[2].encode() if len(sys.argv) > 2 and sys.argv[2] else None
try:
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers), timeout=4) as answer:
        sys.stdout.write(answer.read(${ANSWER_MAX}).decode("utf-8", "replace"))
except Exception:
    sys.exit(7)`;

const SCRIPT = `
if command -v node >/dev/null 2>&1; then exec node -e "$1" "$3" "$4"
elif command -v python3 >/dev/null 2>&1; then exec python3 -c "$2" "$3" "$4"
else exit 126; fi`;

/**
 * Asks the agent's server from inside its container, so that no network between us and it is needed; with a body, by
 * POST. The answer's text, cut at 20,000 characters, or null when it does not answer well.
 */
export async function askInside(
  engine: DockerEngine,
  container: string,
  request: string | { path: string; body: object },
): Promise<string | null> {
  const { path, body } = typeof request === "string" ? { path: request, body: null } : request;
  const text = body === null ? "" : JSON.stringify(body);
  const command = ["sh", "-c", SCRIPT, "ask", WITH_NODE, WITH_PYTHON, path, text];
  const { exitCode, output } = await engine.exec(container, command, TIMEOUT_MS);
  return exitCode === 0 ? output : null;
}

/** What Trinity tells its agents after each start, so that they know its ways; telling it again changes nothing. */
export async function injectTrinity(engine: DockerEngine, container: string): Promise<boolean> {
  return (await askInside(engine, container, { path: "/api/trinity/inject", body: { force: false } })) !== null;
}

/** Docker's own regular question, of an image that has Node. */
export const HEALTH_CHECK = {
  Test: ["CMD", "node", "-e", WITH_NODE, "/health"],
  Interval: 10_000_000_000,
  Timeout: 5_000_000_000,
  StartPeriod: 60_000_000_000,
  Retries: 3,
};

/** Whether the agent is in the middle of something, as its server says: a turn, or tasks. One that does not say is idle. */
export async function isBusy(engine: DockerEngine, container: string): Promise<boolean> {
  const [activity, health] = await Promise.all([
    askInside(engine, container, "/api/activity"),
    askInside(engine, container, "/health"),
  ]);
  const { status } = parsed(activityAnswer, activity) ?? {};
  const { active_tasks: tasks = 0 } = parsed(healthAnswer, health) ?? {};
  return status === "running" || tasks > 0;
}

const activityAnswer = z.object({ status: z.string().optional() });
const healthAnswer = z.object({ active_tasks: z.number().optional() });

function parsed<T>(schema: z.ZodType<T>, text: string | null): T | null {
  try {
    return schema.safeParse(JSON.parse(text ?? "null")).data ?? null;
  } catch {
    return null; // not JSON
  }
}
