/**
 * A stand-in for an agent's server of Trinity's: its health, its activity, some output, and chats that cost what its own
 * model call costs. Its environment says how it behaves.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { FAKE_HEALTH, FAKE_ACTIVITY, FAKE_EXIT, FAKE_LOG, TRINITY_AGENT_AUTH_TOKEN, AGENT_SERVER_PORT } = process.env;

process.stdout.write(`begins with ${process.argv.length} arguments\n`);
process.stderr.write("a word on standard error\n");
if (FAKE_EXIT) process.exit(Number(FAKE_EXIT));

let ticks = 0;
setInterval(() => process.stdout.write(`tick ${++ticks}\n`), 500).unref();
process.on("SIGTERM", () => process.exit(0));

createServer((request, response) => {
  const isOpen = request.url === "/health" || !TRINITY_AGENT_AUTH_TOKEN;
  if (!isOpen && request.headers["x-trinity-agent-token"] !== TRINITY_AGENT_AUTH_TOKEN)
    return answer(response, 401, {});
  // One that was given a base URL it cannot work with: it runs, and never answers.
  if (FAKE_HEALTH === "fails-when-routed" && process.env.ANTHROPIC_BASE_URL) return;
  if (request.url === "/health") return answer(response, 200, { status: "healthy" });
  if (request.url === "/api/activity") return answer(response, 200, { status: FAKE_ACTIVITY ?? "idle" });
  if (request.url === "/api/trinity/inject") return inject(request, response);
  if (request.url === "/api/chat") {
    return chat(request, response).catch((error) => answer(response, 500, { detail: String(error) }));
  }
  answer(response, 404, {});
}).listen(Number(AGENT_SERVER_PORT || 8000));

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** What Trinity does after each start. */
async function inject(request, response) {
  const body = (await request.toArray()).join("");
  process.stdout.write(`injected by ${request.method} ${body}\n`);
  answer(response, 200, { status: "injected" });
}

/** As Claude Code would call: by the environment's address, credential and headers. */
async function chat(request, response) {
  const { message } = JSON.parse((await request.toArray()).join(""));
  const {
    ANTHROPIC_BASE_URL = "https://api.anthropic.com",
    ANTHROPIC_API_KEY = "",
    ANTHROPIC_CUSTOM_HEADERS = "",
  } = { ...process.env, ...workspaceEnvironment() };
  const lines = ANTHROPIC_CUSTOM_HEADERS.split("\n").filter((line) => line.includes(":"));
  const own = Object.fromEntries(lines.map((line) => [line.split(":")[0].trim(), line.replace(/^[^:]*:\s*/, "")]));
  const reply = await fetch(`${ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": ANTHROPIC_API_KEY, ...own },
    body: JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 1_000,
      messages: [{ role: "user", content: message }],
    }),
  });
  const said = await reply.json();
  if (!reply.ok) return answer(response, 500, { detail: `Claude Code execution failed: API Error: ${reply.status}` });
  const text = said.content.map((block) => block.text ?? "").join("");
  const calls = [
    { id: "toolu_1", type: "tool_use", tool: "Bash", input: { command: "ls" }, success: null, duration_ms: null },
    { id: "toolu_1", type: "tool_result", tool: "Bash", input: null, success: true, duration_ms: 12 },
  ];
  const raw = [{ type: "assistant", message: { content: [{ type: "text", text }] } }];
  // The first generation puts the simple list in the log; newer ones Claude Code's own messages, and the list beside.
  const log = FAKE_LOG === "new" ? { execution_log: raw, execution_log_simplified: calls } : { execution_log: calls };
  answer(response, 200, {
    response: text,
    ...log,
    metadata: { cost_usd: null, duration_ms: 5, num_turns: 1, session_id: null },
    session: { total_cost_usd: 0, message_count: 2 },
    timestamp: "2026-03-15T12:00:00Z",
  });
}

/** Newer generations read this file whenever they start Claude Code. */
function workspaceEnvironment() {
  try {
    const lines = readFileSync("/home/developer/.env", "utf8").split("\n");
    return Object.fromEntries(lines.filter((line) => line.includes("=")).map((line) => line.split(/=(.*)/s, 2)));
  } catch {
    return {}; // there is none
  }
}
