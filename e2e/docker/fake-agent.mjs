/** A stand-in for an agent's server: its health, its activity, and some output. Its environment says how it behaves. */
import { createServer } from "node:http";

const { FAKE_HEALTH, FAKE_ACTIVITY, FAKE_EXIT, TRINITY_AGENT_AUTH_TOKEN, AGENT_SERVER_PORT } = process.env;

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
  answer(response, 404, {});
}).listen(Number(AGENT_SERVER_PORT || 8000));

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
