import { createParser } from "eventsource-parser";

/** What a turn tells while it runs. Text of one `part` follows on; each part is a paragraph of its own. */
export type StreamEvent =
  | { type: "begun"; turnId: string }
  | { type: "text"; part: number; text: string }
  | { type: "tool"; id: string; tool: string; state: "started" | "succeeded" | "failed" }
  | { type: "retry"; part: number; waitMs: number }
  | { type: "answered"; response: string }
  | { type: "refused"; refusal: StreamRefusal };

/** Why there is no answer, in words for the person. `budget`: whose is used up, where one is. */
export type StreamRefusal = {
  status: number;
  code: string;
  message: string;
  budget: "agent" | "pool" | "fleet" | null;
};

const UNREACHABLE = "The portal could not be reached. Whether the message arrived is not known.";
const BROKEN = "The connection broke off in the middle. Look at the agent's log for what it did.";

/**
 * Asks an agent and yields what happens; the last event is `answered` or `refused`. Ends without either when the
 * signal aborts, which also ends the agent's turn.
 */
export async function* streamChat(
  agentName: string,
  message: string,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  try {
    const response = await fetch(`/api/agents/${encodeURIComponent(agentName)}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ message }),
      signal,
    });
    const turnId = response.headers.get("x-chat-turn");
    if (turnId !== null) yield { type: "begun", turnId };
    if (!response.ok || response.body === null) {
      yield { type: "refused", refusal: toRefusal(response.status, await response.json().catch(() => null)) };
      return;
    }
    yield* readEvents(response.body);
  } catch {
    if (signal.aborted) return;
    yield { type: "refused", refusal: { status: 0, code: "unreachable", message: UNREACHABLE, budget: null } };
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const waiting: { event?: string | undefined; data: string }[] = [];
  const parser = createParser({ onEvent: (event) => waiting.push(event) });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parser.feed(decoder.decode(next.value, { stream: true }));
    for (const { event, data } of waiting.splice(0)) {
      const told = toEvent(event, JSON.parse(data));
      if (told === null) continue;
      yield told;
      if (told.type === "answered" || told.type === "refused") return;
    }
  }
  yield { type: "refused", refusal: { status: 0, code: "cut_off", message: BROKEN, budget: null } };
}

/** Our own route's events: what they hold is known, but not to the compiler. */
function toEvent(name: string | undefined, data: unknown): StreamEvent | null {
  const fields = data as Record<string, never>; // from our own server, which names each of them
  switch (name) {
    case "text":
      return { type: "text", part: fields.part ?? 0, text: fields.text ?? "" };
    case "tool":
      return { type: "tool", id: fields.id ?? "", tool: fields.tool ?? "a tool", state: fields.state ?? "started" };
    case "retry":
      return { type: "retry", part: fields.part ?? 0, waitMs: fields.wait_ms ?? 0 };
    case "result":
      return { type: "answered", response: fields.response ?? "" };
    case "error":
      return { type: "refused", refusal: toRefusal(fields.status ?? 500, data) };
    default:
      return null;
  }
}

/** Limits carry their words in `detail`, everything else in `error`. */
export function toRefusal(status: number, body: unknown): StreamRefusal {
  const { detail = null, error = null } = isObject(body) ? body : {};
  const holder = isObject(detail) ? detail : error;
  const message = isObject(holder) && typeof holder.message === "string" ? holder.message : null;
  const code = isObject(holder) && typeof holder.code === "string" ? holder.code : "failed";
  const budget = code === "budget_exceeded" && isObject(holder) ? budgetOf(holder.budget) : null;
  return { status, code, message: message ?? `The portal answered with ${status} and no reason.`, budget };
}

/** Where nothing is said, it is the agent's own. */
function budgetOf(scope: unknown): StreamRefusal["budget"] {
  return scope === "pool" || scope === "fleet" ? scope : "agent";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
