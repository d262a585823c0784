import type { AnswerKind, BodySize } from "./bench-plan.ts";

export const BENCH_MODEL = "claude-sonnet-5-5";

/** What the large body has: a Claude Code turn late in a session. */
const LARGE_BYTES = 205_000;
const TOOLS = 18;
const SESSION = "0b5f2c1e-7a64-4f0e-9a53-1d2f6c8e9b70";

/**
 * The request bodies of the bench, with the members and the order of Claude Code's: hundreds of strings, escaped
 * source code in tool results, cache marks, 18 tools with their schemas. `stream` comes last. The same in every run.
 */
export function createRequestBodies(): Record<BodySize, Record<AnswerKind, string>> {
  const bodies = (compose: (isStreamed: boolean) => string) => ({ json: compose(false), sse: compose(true) });
  return { small: bodies(composeSmall), large: bodies(composeLarge) };
}

/** The headers that Claude Code 2.1 sends beside its credential. */
export const CLAUDE_CODE_HEADERS: Record<string, string> = {
  accept: "application/json",
  "content-type": "application/json",
  "user-agent": "claude-cli/2.1.330 (external, sdk-cli)",
  "x-app": "cli",
  "x-claude-code-session-id": SESSION,
  "x-stainless-arch": "x64",
  "x-stainless-lang": "js",
  "x-stainless-os": "Linux",
  "x-stainless-package-version": "0.94.0",
  "x-stainless-retry-count": "0",
  "x-stainless-runtime": "node",
  "x-stainless-runtime-version": "v24.3.0",
  "x-stainless-timeout": "600",
  "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27",
  "anthropic-dangerous-direct-browser-access": "true",
  "anthropic-version": "2023-06-01",
};

function composeSmall(isStreamed: boolean): string {
  return JSON.stringify({
    model: BENCH_MODEL,
    messages: [{ role: "user", content: prose(3, 60) }],
    system: [{ type: "text", text: "You are Claude Code, Anthropic's official CLI for Claude." }],
    metadata: { user_id: `user_4f1d_account__session_${SESSION}` },
    max_tokens: 1024,
    stream: isStreamed,
  });
}

function composeLarge(isStreamed: boolean): string {
  const compose = (turns: number, padding: string) => {
    const last = { type: "text", text: `Go on.${padding}`, cache_control: { type: "ephemeral" } };
    return JSON.stringify({
      model: BENCH_MODEL,
      messages: [...history(turns), { role: "user", content: [last] }],
      system: [
        { type: "text", text: "You are Claude Code, Anthropic's official CLI for Claude." },
        { type: "text", text: prose(7, 2_400), cache_control: { type: "ephemeral", ttl: "1h" } },
      ],
      tools: Array.from({ length: TOOLS }, (_, index) => tool(index)),
      metadata: { user_id: `user_4f1d_account__session_${SESSION}` },
      max_tokens: 32_000,
      thinking: { type: "enabled", budget_tokens: 31_999 },
      stream: isStreamed,
    });
  };
  let turns = 1;
  while (Buffer.byteLength(compose(turns + 1, "")) <= LARGE_BYTES) turns += 1;
  const missing = LARGE_BYTES - Buffer.byteLength(compose(turns, ""));
  return compose(turns, prose(11, missing).slice(0, missing));
}

/** Pairs of a tool call and its result, as a session with many edits has them. */
function history(turns: number): object[] {
  return Array.from({ length: turns }, (_, index) => {
    const id = `toolu_01${(index + 1).toString(36).padStart(22, "A")}`;
    const input = {
      file_path: `/workspace/src/module-${index}.ts`,
      old_string: source(index, 3),
      new_string: source(index, 4),
    };
    return [
      {
        role: "assistant",
        content: [
          { type: "text", text: prose(index, 30) },
          { type: "tool_use", id, name: "Edit", input },
        ],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: id, content: source(index + 5, 30) }] },
    ];
  }).flat();
}

function tool(index: number): object {
  const property = (seed: number) => ({ type: "string", description: prose(seed, 18) });
  const names = ["file_path", "pattern", "command", "old_string", "new_string", "timeout"];
  return {
    name: `${["Read", "Edit", "Bash", "Grep", "Glob", "Task"][index % 6]}${index}`,
    description: `${prose(index * 31, 220)}\n\nUsage:\n- ${prose(index * 17, 60)}\n- ${prose(index * 13, 60)}`,
    input_schema: {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: Object.fromEntries(names.map((name, at) => [name, property(index * 7 + at)])),
      required: names.slice(0, 2),
      additionalProperties: false,
    },
  };
}

const WORDS =
  "the file is read before it is changed and a test that fails names the guarantee — not the line; paths are absolute, quotes “stay”, output is cut after 30000 characters ✓ when a command ends".split(
    " ",
  );

function prose(seed: number, words: number): string {
  return Array.from({ length: words }, (_, at) => WORDS[(seed * 7 + at * 5 + (at >> 3)) % WORDS.length]).join(" ");
}

/** Lines of code: quotes, newlines and backslashes are what a scanner of JSON meets most. */
function source(seed: number, lines: number): string {
  return Array.from(
    { length: lines },
    (_, at) => `  const value${seed + at} = parse("module-${at}", { path: 'C:\\src\\${at}', pattern: /\\d+"/g });\n`,
  ).join("");
}
