import { setTimeout as sleep } from "node:timers/promises";

import { createParser } from "eventsource-parser";

import type { ChatEvents } from "#agent-server/chat-answer.ts";
import { type JsonObject, parseJson, toObject } from "../anthropic/json.ts";
import type { AgentServerProcess } from "./agent-server-process.ts";

export type ChatResult = { status: number; headers: Headers; body: JsonObject };
export type ToldEvent = { [K in keyof ChatEvents]: { event: K; data: ChatEvents[K]; atMs: number } }[keyof ChatEvents];

type Asked = { model?: unknown; signal?: AbortSignal };

/** One turn, answered whole. */
export async function chat(
  agent: AgentServerProcess,
  message: unknown,
  { model, signal }: Asked = {},
): Promise<ChatResult> {
  const body = JSON.stringify({ message, ...(model === undefined ? {} : { model }) });
  const response = await agent.fetch("/api/chat", { method: "POST", body, ...(signal && { signal }) });
  return { status: response.status, headers: response.headers, body: toObject(await response.json()) };
}

/** One turn, event by event. `onEvent` sees each as it comes. */
export async function streamChat(
  agent: AgentServerProcess,
  message: string,
  { signal, onEvent }: { signal?: AbortSignal; onEvent?: (event: ToldEvent) => void } = {},
): Promise<ToldEvent[]> {
  const headers = { accept: "text/event-stream" };
  const body = JSON.stringify({ message });
  const response = await agent.fetch("/api/chat", { method: "POST", headers, body, ...(signal && { signal }) });
  const events: ToldEvent[] = [];
  const parser = createParser({
    onEvent(event) {
      const told = { event: event.event, data: parseJson(event.data), atMs: performance.now() } as ToldEvent; // as documented
      events.push(told);
      onEvent?.(told);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
  return events;
}

/** The agent's answer to GET. */
export async function read(agent: AgentServerProcess, path: string): Promise<JsonObject> {
  return toObject(await (await agent.fetch(path)).json());
}

/** Resolves once the last turn's program is gone; its answer comes a moment before that. */
export async function untilIdle(agent: AgentServerProcess): Promise<void> {
  while ((await read(agent, "/health")).active_tasks !== 0) await sleep(20);
}
