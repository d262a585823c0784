import type { ChatEvents, ExecutionEntry } from "#agent-server/chat-answer.ts";
import { type JsonObject, toList, toNumber, toObject, toText } from "#agent-server/json-value.ts";
import { shortened } from "#agent-server/shortened.ts";
import { contextTokens } from "#agent-server/turn-usage.ts";
import type { SecretMask } from "#domain/secret-mask.ts";

/** What happens during a turn, as it is told to the caller. */
export type TurnEvent = { [K in "text" | "tool" | "retry"]: { type: K; data: ChatEvents[K] } }[
  | "text"
  | "tool"
  | "retry"];

/** What a turn has come to so far. */
export type TurnRecord = {
  sessionId: string | null;
  model: string | null;
  /** How full the context is; null until a call has ended. */
  contextTokens: number | null;
  entries: ExecutionEntry[];
  toolCount: number;
  /** Claude Code's closing line; null until it is there. */
  result: JsonObject | null;
};

export type TurnReader = {
  record: TurnRecord;
  /** Takes a line of Claude Code's output and returns what is new in it. */
  take(line: JsonObject): TurnEvent[];
};

type Progress = {
  record: TurnRecord;
  mask: SecretMask;
  now: () => Date;
  /** Counts the blocks of text in this turn. */
  part: number;
  /** The first block of the message that is under way, or of the next one. */
  messagePart: number;
  text: ReturnType<SecretMask["stream"]>;
  streamedIds: Set<string>;
  tools: Map<string, { name: string; startedAt: number }>;
};

const ENTRIES_MAX = 1_000;

/** Reads the stream-json output of one turn. Everything it returns is masked. */
export function createTurnReader(mask: SecretMask, now: () => Date): TurnReader {
  const record: TurnRecord = {
    sessionId: null,
    model: null,
    contextTokens: null,
    entries: [],
    toolCount: 0,
    result: null,
  };
  const progress: Progress = {
    record,
    mask,
    now,
    part: 0,
    messagePart: 1,
    text: mask.stream(),
    streamedIds: new Set(),
    tools: new Map(),
  };
  return { record, take: (line) => takeLine(progress, line) };
}

function takeLine(progress: Progress, line: JsonObject): TurnEvent[] {
  const { record } = progress;
  record.sessionId = toText(line.session_id) ?? record.sessionId;
  switch (line.type) {
    case "system":
      return takeSystem(progress, line);
    case "stream_event":
      return isOfSubagent(line) ? [] : takeStreamEvent(progress, toObject(line.event));
    case "assistant":
      return takeAssistant(progress, line);
    case "user":
      return takeToolResults(progress, line);
    case "result":
      record.result = line;
      return [];
    default:
      return [];
  }
}

function takeSystem(progress: Progress, line: JsonObject): TurnEvent[] {
  if (line.subtype === "init") progress.record.model = toText(line.model) ?? progress.record.model;
  if (line.subtype !== "api_retry") return [];
  progress.text.flush();
  const data = {
    part: progress.messagePart,
    attempt: toNumber(line.attempt) ?? 1,
    wait_ms: Math.round(toNumber(line.retry_delay_ms) ?? 0),
    status: toNumber(line.error_status),
  };
  return [{ type: "retry", data }];
}

function takeStreamEvent(progress: Progress, event: JsonObject): TurnEvent[] {
  switch (event.type) {
    case "message_start": {
      const id = toText(toObject(event.message).id);
      if (id !== null) progress.streamedIds.add(id);
      progress.messagePart = progress.part + 1;
      return [];
    }
    case "content_block_start":
      if (toObject(event.content_block).type === "text") progress.part += 1;
      return [];
    case "content_block_stop":
      return textEvents(progress, progress.text.flush());
    case "content_block_delta": {
      const piece = toText(toObject(event.delta).text);
      return piece === null ? [] : textEvents(progress, progress.text.push(piece));
    }
    case "message_delta": // only of a message that is complete
      progress.messagePart = progress.part + 1;
      progress.record.contextTokens = contextTokens(event.usage) ?? progress.record.contextTokens;
      return [];
    default:
      return [];
  }
}

/**
 * Whole blocks: calls of tools, and text that was not streamed, such as that of a command of Claude Code's own. An
 * error is said by the closing line.
 */
function takeAssistant(progress: Progress, line: JsonObject): TurnEvent[] {
  const message = toObject(line.message);
  const isSaid = typeof line.error !== "string" && !isOfSubagent(line) && !progress.streamedIds.has(String(message.id));
  return toList(message.content).flatMap((value) => {
    const block = toObject(value);
    if (block.type === "tool_use") return [toolStarted(progress, block)];
    if (block.type !== "text" || !isSaid) return [];
    progress.part += 1;
    progress.messagePart = progress.part + 1;
    return textEvents(progress, progress.mask.text(toText(block.text) ?? ""));
  });
}

function toolStarted(progress: Progress, block: JsonObject): TurnEvent {
  const { record, mask, now, tools } = progress;
  const [id, name] = [toText(block.id) ?? "", toText(block.name) ?? "unknown"];
  const at = now();
  tools.set(id, { name, startedAt: at.getTime() });
  record.toolCount += 1;
  const input = mask.json(shortened(block.input ?? null));
  return logged(progress, {
    id,
    type: "tool_use",
    tool: name,
    input,
    success: null,
    duration_ms: null,
    timestamp: at.toISOString(),
  });
}

function takeToolResults(progress: Progress, line: JsonObject): TurnEvent[] {
  const results = toList(toObject(line.message).content)
    .map(toObject)
    .filter((block) => block.type === "tool_result");
  return results.map((block) => {
    const id = toText(block.tool_use_id) ?? "";
    const started = progress.tools.get(id);
    const at = progress.now();
    return logged(progress, {
      id,
      type: "tool_result",
      tool: started?.name ?? "unknown",
      input: null,
      success: block.is_error !== true,
      duration_ms: started === undefined ? null : at.getTime() - started.startedAt,
      timestamp: at.toISOString(),
    });
  });
}

function logged({ record }: Progress, entry: ExecutionEntry): TurnEvent {
  if (record.entries.length < ENTRIES_MAX) record.entries.push(entry);
  return { type: "tool", data: entry };
}

function textEvents({ part }: Progress, text: string): TurnEvent[] {
  return text === "" ? [] : [{ type: "text", data: { part, text } }];
}

function isOfSubagent(line: JsonObject): boolean {
  return typeof line.parent_tool_use_id === "string";
}
