import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { startTestGateway, type TestAgent, type TestGateway } from "#testing/gateway.ts";
import { parseJson, toArray, toObject } from "../anthropic/json.ts";
import type { Script } from "../anthropic/script.ts";
import { promptAgent, scripted, virtualKeyEnvironment } from "./agent-claude.ts";
import { runClaude, startClaude } from "./claude-code.ts";
import { CLAUDE_CODE_VERSIONS, ensureClaudeCode } from "./ensure-claude-code.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let gateway: TestGateway;
let agent: TestAgent;
let agents = 0;
beforeAll(async () => {
  for (const version of CLAUDE_CODE_VERSIONS) await ensureClaudeCode(version);
  gateway = await startTestGateway();
}, 600_000);
beforeEach(async () => {
  gateway.upstream.reset();
  agents += 1;
  agent = await gateway.addAgent(`feature-${agents}`);
});
afterAll(() => gateway.stop());

const messageBodies = () =>
  gateway.upstream.calls.filter((call) => call.path.startsWith("/v1/messages?")).map((call) => call.body);

const useTool = (name: string, input: Record<string, unknown>): Script => ({
  kind: "tool_use",
  tools: [{ name, input }],
});

describe.each(CLAUDE_CODE_VERSIONS)("Claude Code %s works through the gateway", (version) => {
  it("a tool call, whose result goes back with the next call", async () => {
    const script = useTool("Bash", { command: "echo tool-$((40+2))", description: "Count" });
    const { json } = await promptAgent(gateway, agent, {
      version,
      prompt: scripted("go", script),
      args: ["--allowedTools", "Bash"],
    });
    expect(json).toMatchObject({ is_error: false, num_turns: 2 });
    expect(messageBodies()[1]).toContain("tool-42");
    expect(await gateway.ledger(agent, 2)).toHaveLength(2);
  });

  it("an image that the Read tool brings in", async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), "trinity-image-"));
    const file = path.join(dir, "dot.png");
    await writeFile(file, Buffer.from(PIXEL, "base64"));
    const prompt = scripted("look", useTool("Read", { file_path: file }));
    const { json } = await promptAgent(gateway, agent, { version, prompt, args: ["--allowedTools", "Read"] });
    await rm(dir, { recursive: true });
    expect(json).toMatchObject({ is_error: false });
    expect(messageBodies()[1]).toContain('"type":"image","source":{"type":"base64"');
    expect((await gateway.ledger(agent, 2)).map((row) => row.outcome)).toEqual(["completed", "completed"]);
  });

  it("thinking, text that arrives while it is written, and the ids that join it to the ledger", async () => {
    const prompt = scripted("think", {
      kind: "thinking",
      text: "one two three four five",
      chunks: 5,
      chunkDelayMs: 150,
    });
    const args = ["-p", prompt, "--output-format", "stream-json", "--verbose", "--include-partial-messages"];
    const running = await startClaude({ version, args, env: virtualKeyEnvironment(gateway.url, agent) });
    expect((await running.finished).json).toMatchObject({ is_error: false, result: "one two three four five" });

    const lines = running.lines.map(({ text, atMs }) => ({ line: toObject(parseJson(text)), atMs }));
    const texts = lines.filter(({ line }) => toObject(toObject(line.event).delta).type === "text_delta");
    expect(texts).toHaveLength(5);
    expect((texts.at(-1)?.atMs ?? 0) - (texts[0]?.atMs ?? 0)).toBeGreaterThan(400);
    const answers = lines.filter(({ line }) => line.type === "assistant").map(({ line }) => line);
    const blocks = answers.flatMap((line) => toArray(toObject(line.message).content)).map(toObject);
    expect(blocks.find((block) => block.type === "thinking")?.signature).toMatch(/^Eq/);
    const [row] = await gateway.ledger(agent, 1);
    expect(answers.map((line) => line.request_id)).toContain(`req_${row?.id.replaceAll("-", "")}`);
  });

  it("count_tokens passes, and neither costs nor counts", async () => {
    const { json } = await promptAgent(gateway, agent, { version, prompt: "/context" });
    expect(json).toMatchObject({ is_error: false });
    const counted = gateway.upstream.calls.filter((call) => call.path.startsWith("/v1/messages/count_tokens"));
    expect(counted.length).toBeGreaterThan(5);
    expect(counted.every((call) => call.outcome === "answered")).toBe(true);
    expect(await gateway.ledger(agent, 0)).toEqual([]);
  });

  it("an upstream that is overloaded: its 529 passes through, and the CLI's next attempt succeeds", async () => {
    const prompt = scripted("hello", { kind: "error", status: 529, times: 1, afterwards: { text: "At last." } });
    const { json } = await promptAgent(gateway, agent, { version, prompt });
    expect(json).toMatchObject({ is_error: false, result: "At last." });
    const rows = await gateway.ledger(agent, 2);
    expect(rows.map((row) => [row.outcome, row.status])).toEqual([
      ["failed", 529],
      ["completed", 200],
    ]);
    expect(rows[0]).toMatchObject({ cost_nano_usd: 0n, error_type: "overloaded_error" });
  });

  it("the CLI killed in the middle of an answer: one row, incomplete, charged for what had come", async () => {
    const prompt = scripted("talk", { length: 4_000, chunks: 100, chunkDelayMs: 50 });
    const args = ["-p", prompt, "--output-format", "stream-json", "--verbose", "--include-partial-messages"];
    const running = await startClaude({ version, args, env: virtualKeyEnvironment(gateway.url, agent) });
    await expect
      .poll(() => running.lines.filter((line) => line.text.includes("text_delta")).length, { timeout: 15_000 })
      .toBeGreaterThan(9);
    running.kill("SIGKILL");
    expect((await running.finished).exitCode).toBeNull();
    const rows = await gateway.ledger(agent, 1);
    expect(rows).toMatchObject([{ outcome: "incomplete", is_estimated: true }]);
    expect(rows[0]?.cost_nano_usd).toBeGreaterThan(0n);
    expect(rows[0]?.output_tokens).toBeGreaterThan(99);
    expect(rows[0]?.output_tokens).toBeLessThan(1_000);
    await expect.poll(() => gateway.upstream.calls.at(-1)?.outcome).toBe("aborted");
  });
});

describe.each(CLAUDE_CODE_VERSIONS)("an answer to Claude Code %s that breaks", (version) => {
  it("a stream that is cut: the CLI asks again (the older one without a stream), and each attempt is a row", async () => {
    const script: Script = { length: 2_000, cutAfterEvents: 40, times: 1, afterwards: { text: "Whole." } };
    const { json } = await promptAgent(gateway, agent, { version, prompt: scripted("hello", script) });
    expect(json).toMatchObject({ is_error: false, result: "Whole." });
    const rows = await gateway.ledger(agent, 2);
    expect(rows.map((row) => [row.outcome, row.is_estimated, row.streamed])).toEqual([
      ["incomplete", true, true],
      ["completed", false, version === "2.1.330"],
    ]);
  });

  it("an error event in the stream: the CLI asks without a stream, and that is metered as well", async () => {
    const script: Script = { errorAfterEvents: 6, times: 1, afterwards: { text: "Whole." } };
    const { json } = await promptAgent(gateway, agent, { version, prompt: scripted("hello", script) });
    expect(json).toMatchObject({ is_error: false, result: "Whole." });
    const rows = await gateway.ledger(agent, 2);
    expect(rows.map((row) => [row.outcome, row.streamed, row.error_type])).toEqual([
      ["incomplete", true, "overloaded_error"],
      ["completed", false, null],
    ]);
  });
});

describe("what only one version does", () => {
  it("2.1.197 probes the base URL with HEAD /, without a key, and is answered by the gateway itself", async () => {
    const probed = await fetch(gateway.url, { method: "HEAD" });
    expect(probed.status).toBe(200);
    expect((await promptAgent(gateway, agent, { version: "2.1.197", prompt: "hello" })).json).toMatchObject({
      is_error: false,
    });
    expect(gateway.upstream.calls.map((call) => `${call.method} ${call.path}`)).toEqual([
      "POST /v1/messages?beta=true",
    ]);
    expect(await gateway.ledger(agent, 1)).toHaveLength(1);
  });

  it("2.1.330 asks for the list of models, where it is told to, and gets the upstream's", async () => {
    const env = { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1" };
    await promptAgent(gateway, agent, { version: "2.1.330", prompt: "hello", env });
    expect(gateway.upstream.calls.map((call) => call.path)).toEqual([
      "/v1/models?limit=1000",
      "/v1/messages?beta=true",
    ]);
    const headers = { authorization: `Bearer ${agent.key}` };
    const listed = await fetch(`${gateway.url}/v1/models?limit=1000`, { headers });
    expect(toArray(toObject(await listed.json()).data).length).toBeGreaterThan(3);
    expect(await gateway.ledger(agent, 1)).toHaveLength(1);
  });

  it("a base URL that ends in /v1 is forgiven", async () => {
    const env = { ANTHROPIC_BASE_URL: `${gateway.url}/v1` };
    expect((await promptAgent(gateway, agent, { version: "2.1.330", prompt: "hello", env })).json).toMatchObject({
      is_error: false,
    });
    expect(await gateway.ledger(agent, 1)).toHaveLength(1);
  });

  it("the key in the path identifies the agent too", async () => {
    const env = { ANTHROPIC_BASE_URL: `${gateway.url}/a/${agent.key}`, ANTHROPIC_API_KEY: "sk-ant-agents-own" };
    const { json } = await runClaude({ version: "2.1.330", args: ["-p", "hello", "--output-format", "json"], env });
    expect(json).toMatchObject({ is_error: false });
    expect(await gateway.ledger(agent, 1)).toHaveLength(1);
    expect(gateway.upstream.calls.map((call) => call.path)).toEqual(["/v1/messages?beta=true"]);
  });
});
