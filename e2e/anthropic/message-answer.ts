import { createHash } from "node:crypto";

import { type JsonObject, toArray, toObject } from "./json.ts";
import { textTokens, type Usage } from "./prompt-usage.ts";
import type { Script } from "./script.ts";

export type ContentBlock =
  | { type: "text"; text: string }
  | { type: "thinking"; thinking: string; signature: string }
  | { type: "tool_use" | "server_tool_use"; id: string; name: string; input: JsonObject }
  | { type: "web_search_tool_result"; tool_use_id: string; content: JsonObject[] };

export type Message = {
  id: string;
  type: "message";
  role: "assistant";
  model: string;
  content: ContentBlock[];
  stop_reason: "end_turn" | "tool_use" | "max_tokens";
  stop_sequence: null;
  usage: Usage;
};

const SENTENCES = [
  "I read through the module and the change is smaller than it first looked.",
  "The parser keeps its state between chunks, so a split in the middle of a line is handled.",
  "Two of the tests relied on the order of keys, which the runtime does not promise.",
  "I moved the check in front of the write, so nothing is stored when the input is refused.",
  "The retry now waits for the server's hint instead of guessing.",
  "All 42 tests pass, and the type checker has nothing to say.",
  "The remaining warning comes from a dependency and is harmless here.",
  "If you want, I can also update the documentation to match.",
  "The cause was a missing await: the file was closed before the last line was written.",
  "I left the public interface as it was, so callers need no change.",
] as const;

/**
 * The answer to a request: content as the script asks, ids and made-up text derived from `seed`, so that the
 * same request gets the same answer. `input` is what the prompt cache counted.
 */
export function composeMessage(
  request: { body: unknown; seed: string },
  script: Script,
  input: Omit<Usage, "output_tokens">,
): Message {
  const body = toObject(request.body);
  const content = composeContent(body, script, request.seed);
  const searches = content.filter((block) => block.type === "server_tool_use").length;
  return {
    id: makeId("msg_01", `${request.seed} message`),
    type: "message",
    role: "assistant",
    model: script.model ?? String(body.model),
    content,
    stop_reason: content.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: {
      ...input,
      output_tokens: textTokens(content.map(blockText).join("")),
      ...(searches > 0 && { server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } }),
    },
  };
}

/** An id as Anthropic writes them: a prefix and 22 letters and digits. The same seed gives the same id. */
export function makeId(prefix: string, seed: string): string {
  const digest = createHash("sha512").update(`${prefix} ${seed}`).digest("base64");
  return prefix + digest.replace(/[^a-zA-Z0-9]/g, "").slice(0, 22);
}

/** The part of a block that the model wrote, as text. */
export function blockText(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "thinking":
      return block.thinking;
    case "tool_use":
    case "server_tool_use":
      return JSON.stringify(block.input);
    case "web_search_tool_result":
      return "";
  }
}

function composeContent(body: JsonObject, script: Script, seed: string): ContentBlock[] {
  const text: ContentBlock = { type: "text", text: script.text ?? makeText(seed, script.length) };
  switch (script.kind ?? defaultKind(body)) {
    case "thinking":
      return [{ type: "thinking", thinking: makeText(`${seed} thinking`), signature: makeSignature(seed) }, text];
    case "tool_use":
      return [text, ...(script.tools ?? []).map((tool, index) => toolUse(tool, `${seed} ${index}`))];
    case "subagents":
      return [text, ...(script.prompts ?? []).map((prompt, index) => subagentCall(body, prompt, `${seed} ${index}`))];
    case "web_search":
      return [...webSearch(seed), text];
    default:
      return [text];
  }
}

function defaultKind(body: JsonObject): "web_search" | "text" {
  const types = toArray(body.tools).map((tool) => String(toObject(tool).type));
  return types.some((type) => type.startsWith("web_search_")) ? "web_search" : "text";
}

function toolUse(tool: { name: string; input: JsonObject }, seed: string): ContentBlock {
  return { type: "tool_use", id: makeId("toolu_01", seed), name: tool.name, input: tool.input };
}

/** Calls the tool that starts a subagent, by the name that the caller's own list of tools gives it. */
function subagentCall(body: JsonObject, prompt: string, seed: string): ContentBlock {
  const names = toArray(body.tools).map((tool) => String(toObject(tool).name));
  const name = names.find((known) => known === "Agent" || known === "Task") ?? "Agent";
  const input = {
    description: "Look into one part",
    prompt,
    subagent_type: "general-purpose",
    run_in_background: false,
  };
  return toolUse({ name, input }, seed);
}

function webSearch(seed: string): ContentBlock[] {
  const id = makeId("srvtoolu_01", seed);
  const result = { type: "web_search_result", url: "https://example.com/", title: "Example", page_age: null };
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query: "example" } },
    {
      type: "web_search_tool_result",
      tool_use_id: id,
      content: [{ ...result, encrypted_content: makeSignature(seed) }],
    },
  ];
}

function makeSignature(seed: string): string {
  const part = createHash("sha512").update(`${seed} signature`).digest("base64");
  return `Eq${part.slice(0, 80)}${part.slice(2)}`;
}

function makeText(seed: string, length?: number): string {
  const bytes = createHash("sha256").update(seed).digest();
  const count = length === undefined ? 2 + ((bytes[0] ?? 0) % 4) : Math.ceil(length / 40);
  const sentences = Array.from(
    { length: count },
    (_, index) => SENTENCES[((bytes[index % 32] ?? 0) + index) % SENTENCES.length],
  );
  const text = sentences.join(" ");
  return length === undefined ? text : text.slice(0, length).padEnd(length, ".");
}
