import type { ChatMessage } from "#agents/chat-transport.ts";
import { CHAT_BODY_BYTES_MAX } from "#domain/chat-limits.ts";
import { DomainError } from "#domain/errors.ts";
import { getPlatform } from "#platform.ts";
import { ROUTE_ACCESS } from "#portal/api/access.ts";
import { BodyTooLargeError, readBoundedBody } from "#portal/auth/bounded-body.ts";
import { requireOwnOrigin } from "#portal/auth/own-origin.ts";
import { toAnswerBody } from "#portal/chat/answer-body.ts";
import { chatInput } from "#portal/chat/chat-input.ts";
import type { ChatRefusal } from "#portal/chat/chat-refusal.ts";
import { guardChat, type TurnEvent } from "#portal/chat/guarded-chat.ts";
import { measured } from "#portal/rest/measured.ts";
import { callerOf, requireCredential } from "#portal/rest/reader.ts";
import { closing, errorResponse, jsonResponse } from "#portal/rest/responses.ts";

type RouteContext = { params: Promise<{ name?: string }> };

const CHAT_ROUTE = "POST /api/agents/[name]/chat";
const KEEP_ALIVE_MS = 15_000;

/**
 * `POST /api/agents/{name}/chat` {message, model?}: asks an agent, with the session cookie or an API key of scope
 * `chat`. Answers with Trinity's JSON; with `Accept: text/event-stream`, with events as they come: `text`, `tool`,
 * `retry`, and last `result` (the JSON) or `error` (status and the body that a plain request would have got).
 */
export const postChat = measured(CHAT_ROUTE, answerChat);

async function answerChat(request: Request, context: RouteContext): Promise<Response> {
  const platform = getPlatform();
  const { name: agentName = "" } = await context.params;
  const isStreamed = (request.headers.get("accept") ?? "").includes("text/event-stream");
  const leaving = new AbortController();
  let isCut = false;
  try {
    const guarded = await guardChat({
      platform,
      access: ROUTE_ACCESS[CHAT_ROUTE],
      caller: async () => {
        requireCredential(request);
        if (!request.headers.has("authorization")) requireOwnOrigin(request.headers, platform.portalUrl);
        return callerOf(platform, request, ["chat"]);
      },
      agentName,
      message: () =>
        readMessage(request).catch((error: unknown) => {
          isCut = error instanceof BodyTooLargeError;
          throw error;
        }),
      isStreamed,
      signal: AbortSignal.any([request.signal, leaving.signal]),
    });
    if ("refusal" in guarded) {
      const refused = refusalResponse(guarded.refusal);
      return isCut ? closing(refused) : refused;
    }
    const response = isStreamed ? streamResponse(guarded.turn, leaving) : await wholeResponse(guarded.turn);
    response.headers.set("x-chat-turn", guarded.turnId);
    return response;
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    return errorResponse(error, platform.log);
  }
}

async function readMessage(request: Request): Promise<ChatMessage> {
  const text = await readBoundedBody(request, CHAT_BODY_BYTES_MAX);
  const parsed = chatInput.safeParse(toJson(text));
  if (!parsed.success) throw parsed.error;
  return parsed.data;
}

async function wholeResponse(turn: AsyncGenerator<TurnEvent>): Promise<Response> {
  for await (const event of turn) {
    if (event.type === "refused") return refusalResponse(event.refusal);
    if (event.type === "answered") return jsonResponse(toAnswerBody(event.answer, event.turnId));
  }
  throw new Error("a turn ends with an answer or a refusal");
}

/** Sent piece by piece, with a sign of life where there is nothing to say. When the reader goes, so does the turn. */
function streamResponse(turn: AsyncGenerator<TurnEvent>, leaving: AbortController): Response {
  const encoder = new TextEncoder();
  let alive: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      alive = setInterval(() => controller.enqueue(encoder.encode(": working\n\n")), KEEP_ALIVE_MS);
    },
    async pull(controller) {
      try {
        const next = await turn.next();
        if (!next.done) return controller.enqueue(encoder.encode(toEventText(next.value)));
      } catch (error) {
        if (!leaving.signal.aborted) getPlatform().log.warn({ err: error }, "a chat turn broke off");
      }
      clearInterval(alive);
      controller.close();
    },
    cancel() {
      clearInterval(alive);
      leaving.abort();
      return turn.return(undefined).then(() => undefined);
    },
  });
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store, no-transform" };
  return new Response(body, { headers: { ...headers, "x-accel-buffering": "no" } });
}

function toEventText(event: TurnEvent): string {
  switch (event.type) {
    case "text":
      return eventText("text", { part: event.part, text: event.text });
    case "tool": {
      const { id, tool, state, durationMs } = event.use;
      return eventText("tool", { id, tool, state, duration_ms: durationMs });
    }
    case "retry":
      return eventText("retry", { part: event.part, wait_ms: event.waitMs });
    case "answered":
      return eventText("result", toAnswerBody(event.answer, event.turnId));
    case "refused":
      return eventText("error", { status: event.refusal.status, ...event.refusal.body });
  }
}

function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function refusalResponse({ status, body, retryAfterSeconds }: ChatRefusal): Response {
  const response = jsonResponse(body, status);
  if (retryAfterSeconds !== null) response.headers.set("retry-after", String(retryAfterSeconds));
  return response;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError("invalid_input", "This request is not JSON.");
  }
}
